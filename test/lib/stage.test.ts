import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { checkStage } from '../../lib/stage.ts';

const dev = stageNamed('dev');

describe('a stage', () => {
  it.each(['local', 'dev', 'prod'])('%s is sound', (name) => {
    expect(() => checkStage(stageNamed(name))).not.toThrow();
  });

  it('that does not exist is refused with those that do', () => {
    expect(() => stageNamed('toString')).toThrow("There is no stage 'toString'. Use one of: local, dev, prod");
  });

  it('has calls that end 2.5 s before their function', () => {
    const wrong = { ...dev, functionTimeoutSeconds: 10, callTimeoutMs: 7_501 };

    expect(() => checkStage(wrong)).toThrow(/callTimeoutMs is 7501\. Use a whole number from 100 to 7500/);
    expect(() => checkStage({ ...wrong, callTimeoutMs: 7_500 })).not.toThrow();
  });

  it.each([0, 2, 31, 4.5])('has a function timeout that HTTP APIs wait for: not %s s', (functionTimeoutSeconds) => {
    expect(() => checkStage({ ...dev, functionTimeoutSeconds })).toThrow(/Use a whole number from 3 to 30/);
  });

  it.each(['', 'Prod', 'my-stage', 'averyveryverylongname'])('has a name that fits into others: not "%s"', (name) => {
    expect(() => checkStage({ ...dev, name })).toThrow(/Rename it/);
  });
});
