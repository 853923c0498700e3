import { describe, expect, it } from 'vitest';
import { github } from '../../../functions/signatures/github.ts';
import { salesforceCallout } from '../../../functions/signatures/salesforce-callout.ts';
import { square } from '../../../functions/signatures/square.ts';
import { standardWebhooks } from '../../../functions/signatures/standard-webhooks.ts';
import { stripe } from '../../../functions/signatures/stripe.ts';
import { twilio } from '../../../functions/signatures/twilio.ts';
import { aFile } from '../support/files.ts';
import { requests, scene, send, sourceBy, useReceiver } from '../support/sending.ts';

useReceiver();

describe('--tamper', () => {
  const key = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const timed = [stripe(), salesforceCallout(), standardWebhooks()];
  const all = [...timed, github(), square(), twilio()];

  it.each(
    all.flatMap((scheme) => ['body', 'signature', 'timestamp'].map((how) => [how, scheme.name, scheme] as const)),
  )('%s: %s refuses what is sent', async (how, _name, scheme) => {
    scene.stage.signingSecret = key;
    scene.status = () => (scheme.verify(requests().at(-1)!, [key], Date.now()).valid ? 202 : 401);

    const { code, out, err } = await send(sourceBy(scheme), 'shop/source', aFile('{"a":1}'), '--tamper', how);

    if (how === 'timestamp' && !timed.includes(scheme)) {
      expect([code, scene.received]).toEqual([1, []]);
      expect(err).toContain('signs no time');
    } else {
      expect(code).toBe(0);
      expect(out).toContain('401');
      const reason = scheme.verify(requests()[0]!, [key], Date.now());
      expect(reason).toEqual({ valid: false, reason: 'signature-mismatch' });
    }
  });

  it('fails where a tampered webhook is accepted', async () => {
    expect((await send({}, 'stripe', 'customer.created', '--tamper', 'body')).code).toBe(1);
  });

  it('promises no trace of what is to be refused', async () => {
    scene.status = () => 401;

    expect((await send({}, 'stripe', 'customer.created', '--tamper', 'body')).out).not.toContain('millrace trace');
  });
});

describe('the answers', () => {
  it('are counted by status, with their latencies, and failing ones fail the command', async () => {
    scene.status = () => (scene.received.length % 4 === 0 ? 503 : 202);
    const words = ['stripe', 'customer.created', '--times', '8'];

    const { code, out } = await send({}, ...words);
    const json = JSON.parse((await send({}, ...words, '--json')).out);

    expect(code).toBe(1);
    expect(
      out.split('\n').map(
        (line) =>
          line
            .replace(/[^\w ]/g, ' ')
            .trim()
            .split(/ +/)[0],
      ),
    ).toEqual(expect.arrayContaining(['202', '503', 'all']));
    expect(json).toMatchObject({
      asked: 8,
      sent: 8,
      answers: [
        { answer: '202', count: 6 },
        { answer: '503', count: 2 },
      ],
    });
    expect(json.answers[0].p50).toBeLessThanOrEqual(json.answers[0].p95);
    expect(json.answers[0].p95).toBeLessThanOrEqual(json.answers[0].max);
  });

  it('that never come are told, too', async () => {
    scene.stage.webhookUrl = 'http://127.0.0.1:1/';

    const { code, out } = await send({}, 'stripe', 'customer.created');

    expect(code).toBe(1);
    expect(out).toContain('ECONNREFUSED');
  });

  it('so far are shown when it is interrupted', async () => {
    const { code, out, err } = await send(
      { onProgress: (detail, interrupt) => detail.includes(' 3 of ') && interrupt() },
      ...['stripe', 'customer.created', '--times', '50'],
    );

    expect([code, scene.received.length]).toEqual([130, 3]);
    expect(out).toContain('│ 202    │ 3 ');
    expect(err).toContain('Interrupted after 3 of 50');
  });
});
