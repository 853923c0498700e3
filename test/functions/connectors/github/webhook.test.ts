import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readGithubEvent } from '../../../../functions/connectors/github/webhook.ts';

const payload = (name: string) => readFileSync(new URL(`../../../fixtures/payloads/${name}`, import.meta.url));
const delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958';
const headersOf = (event: string) => ({ 'x-github-event': event, 'x-github-delivery': delivery });
const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

describe("GitHub's events", () => {
  it.each([
    ['github.push.branch.json', 'Codertocat/Hello-World#refs/heads/master'],
    ['github.push.tag.json', 'Codertocat/Hello-World#refs/tags/simple-tag'],
  ])('a push: %s', (name, subject) => {
    const event = readGithubEvent(payload(name), headersOf('push'));

    expect(event).toEqual({
      // The scheme says what a repeat is.
      id: undefined,
      type: 'push',
      time: undefined,
      subject,
      echo: false,
      data: JSON.parse(payload(name).toString()),
    });
  });

  it('are told apart by their action, where they have one', () => {
    const issue = { action: 'opened', repository: { full_name: 'octo/mill' } };

    const events = [
      readGithubEvent(bytes(issue), headersOf('issues')),
      readGithubEvent(bytes({ zen: 'x' }), headersOf('ping')),
    ];

    expect(events).toMatchObject([
      { type: 'issues.opened', subject: 'octo/mill' },
      { type: 'ping', subject: undefined },
    ]);
  });

  it('keep the rest where a part has an odd form: the flow says what it needs', () => {
    const event = readGithubEvent(bytes({ action: 7, ref: null, repository: 'mill' }), headersOf('push'));

    expect(event).toMatchObject({ type: 'push', subject: undefined });
  });
});

describe('what is unreadable', () => {
  it.each([
    ['without an event', { 'x-github-delivery': delivery }],
    ['without a delivery', { 'x-github-event': 'push' }],
    ['with a delivery that is no id', { 'x-github-event': 'push', 'x-github-delivery': 'Ada Lovelace' }],
    ['with two deliveries', { 'x-github-event': 'push', 'x-github-delivery': `${delivery}, ${delivery}` }],
    ['with an event that is none', { 'x-github-event': 'push\n', 'x-github-delivery': delivery }],
  ])('is a request %s', (_what, headers) => {
    expect(readGithubEvent(bytes({}), headers)).toEqual({
      unreadable: 'X-GitHub-Event or X-GitHub-Delivery is missing or malformed',
    });
  });

  it.each(['', 'payload=%7B%7D', '[]', 'null', '"push"'])('is a body that is no JSON object: %j', (body) => {
    expect(readGithubEvent(bytes(body), headersOf('push'))).toEqual({
      unreadable: expect.stringContaining('application/json'),
    });
  });
});
