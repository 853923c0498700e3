import { describe, expect, test } from 'vitest';
import { liveSecrets } from '../../../functions/contract/webhook-secret.ts';
import { startMs } from '../receive-webhook/samples.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const rotating = (changes: Record<string, unknown>) =>
  JSON.stringify({ current: 'new', previous: 'old', previousValidUntil: iso(startMs), ...changes });

describe('the live secrets', () => {
  test.each([
    { title: 'plain text', text: 'whsec_a', expected: ['whsec_a'] },
    { title: 'plain text and a line break', text: 'whsec_a\n', expected: ['whsec_a'] },
    { title: 'plain text and a line break of Windows', text: 'whsec_a\r\n', expected: ['whsec_a'] },
    { title: 'plain text that happens to be a number', text: '123456', expected: ['123456'] },
    { title: 'JSON with the current one alone', text: '{"current":"new"}', expected: ['new'] },
    { title: 'JSON whose overlap has no end', text: rotating({ previousValidUntil: undefined }), expected: ['new'] },
    { title: 'JSON whose overlap ends now', text: rotating({}), expected: ['new'] },
    {
      title: 'JSON whose overlap ends in a millisecond',
      text: rotating({ previousValidUntil: iso(startMs + 1) }),
      expected: ['new', 'old'],
    },
    {
      title: 'JSON whose overlap ended long ago',
      text: rotating({ previousValidUntil: '2020-01-01T00:00:00Z' }),
      expected: ['new'],
    },
  ])('of $title are $expected', ({ text, expected }) => {
    const secrets = liveSecrets(text, startMs);

    expect(secrets).toEqual(expected);
  });

  test.each([
    { title: 'nothing but blanks', text: ' \r\n' },
    { title: 'JSON that names none', text: '{}' },
    { title: 'JSON with an empty one', text: rotating({ current: '' }) },
    { title: 'JSON with an end that is no time', text: rotating({ previousValidUntil: 'tomorrow' }) },
    { title: 'JSON cut short', text: rotating({}).slice(0, -1) },
  ])('are none where the text is $title: it could be guessed', ({ text }) => {
    const secrets = liveSecrets(text, startMs);

    expect(secrets).toEqual([]);
  });
});
