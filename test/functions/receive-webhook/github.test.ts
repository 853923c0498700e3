import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import toCatalog from '../../../integrations/github-push/flows/push-to-catalog.ts';
import toEndpoint from '../../../integrations/github-push/flows/push-to-endpoint.ts';
import github from '../../../integrations/github-push/systems/github.ts';
import { createReceiver, secretOf } from './receiver.ts';
import { webhookSecret } from './samples.ts';

const push = readFileSync(new URL('../../fixtures/payloads/github.push.branch.json', import.meta.url));
const delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

const createGithubReceiver = () =>
  createReceiver({
    integration: 'github-push',
    system: 'github',
    webhook: github.webhook!,
    flows: [toEndpoint, toCatalog],
    secret: secretOf(webhookSecret),
  });

/** A request as GitHub signs it. */
function fromGithub(body: Buffer, event: string, headers: Record<string, string> = {}) {
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  const named = { 'x-github-event': event, 'x-github-delivery': delivery };
  return { body, headers: { 'x-hub-signature-256': `sha256=${signature}`, ...named, ...headers } };
}

describe('a push of GitHub', () => {
  it('is queued once for each flow that wants it, by its branch', async () => {
    const { post, queued } = createGithubReceiver();

    const answer = await post(fromGithub(push, 'push'));

    expect(answer.statusCode).toBe(202);
    expect(queued).toMatchObject(
      ['push-to-endpoint', 'push-to-catalog'].map((flow) => ({
        flow,
        message: {
          id: expect.stringMatching(new RegExp(`^${delivery}\\.[0-9a-f]{32}$`)),
          source: '/github-push/github',
          type: 'push',
          subject: 'Codertocat/Hello-World#refs/heads/master',
          invalidreason: undefined,
        },
      })),
    );
  });

  it('keeps its place by its branch where the schema refuses it', async () => {
    const { post, queued } = createGithubReceiver();
    const invalid = Buffer.from(JSON.stringify({ ...JSON.parse(push.toString()), after: 'HEAD' }));

    await post(fromGithub(invalid, 'push'));

    expect(queued[0]?.message).toMatchObject({
      subject: 'Codertocat/Hello-World#refs/heads/master',
      invalidreason: 'invalid event: after: regex',
    });
  });

  it.each([
    ['a ping', 'ping', {}, 202, 'EventIgnored'],
    ['another event', 'issues', {}, 202, 'EventIgnored'],
    ['an event without an id', 'push', { 'x-github-delivery': '' }, 400, 'EventUnreadable'],
    ['another signature', 'push', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, 401, 'SignatureRejected'],
  ])('is not %s', async (_what, event, headers, statusCode, metric) => {
    const { post, queued, counted } = createGithubReceiver();

    const answer = await post(fromGithub(push, event, headers));

    expect(answer.statusCode).toBe(statusCode);
    expect(queued).toEqual([]);
    expect(counted).toContain(metric);
  });
});
