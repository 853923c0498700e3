import { describe, expect, it } from 'vitest';
import { type Compared, compare, isFailure } from './compare.ts';
import { playInMemory } from './in-memory.ts';
import { ofTheEmulator, ofTheModels } from './known-differences.ts';
import { reportOf } from './report.ts';
import { script } from './script/script.ts';
import { systemScript } from './systems/play-both.ts';

describe('the models of SQS and DynamoDB', () => {
  it.each(script.map((one) => [one.name, one] as const))('do what AWS documents: %s', async (_name, one) => {
    expect(await playInMemory(one)).toBe('as documented');
  });
});

describe('the known differences', () => {
  it.each([...ofTheEmulator, ...ofTheModels])('are of a case of their script: $name', ({ name, step }) => {
    const one = [...script, ...systemScript].find((known) => known.name === name);

    expect(one?.steps.length).toBeGreaterThanOrEqual(step);
  });

  const known = { name: 'a', step: 2, gives: 'nothing', right: 'something', source: 'https://aws.test' };
  const wrong = { step: 2, call: 'receive', gives: 'nothing', why: undefined };
  const comparing = (differs: Partial<Compared>) =>
    compare({ name: 'a', model: 'as documented', real: 'as documented', ...differs }, [], [known]);

  it.each([
    ['a case of no known difference', comparing({ name: 'b' }), 'same'],
    ['one that comes as it is known to', comparing({ real: wrong }), 'known'],
    ['one that comes as it should after all', comparing({}), 'unlearnt'],
    ['one that comes otherwise in another step', comparing({ real: { ...wrong, step: 1 } }), 'differs'],
    ['one that gives something else', comparing({ real: { ...wrong, gives: 'a1×1' } }), 'differs'],
    ['a model that is wrong', comparing({ name: 'b', model: wrong }), 'differs'],
    [
      'a model that is wrong where the real thing was not played',
      comparing({ model: wrong, real: undefined }),
      'differs',
    ],
    ['a case that was not played', comparing({ real: undefined }), 'not run'],
  ] as const)('decide: %s', (_what, compared, verdict) => {
    expect(compared.verdict).toBe(verdict);
    expect(isFailure(compared)).toBe(verdict === 'unlearnt' || verdict === 'differs');
  });

  it('are told with what is right', () => {
    const text = reportOf('emulator', [comparing({ real: wrong }), comparing({ name: 'b' })]);

    expect(text).toContain('- a\n  something\n  https://aws.test');
    expect(text).toContain('2 cases: 1 the same, 1 known differences, 0 failed, 0 not run.');
  });
});
