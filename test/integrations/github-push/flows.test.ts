import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { mapRecord } from '../../../functions/engine/map-record.ts';
import { systemsCalledBy } from '../../../functions/specification/flow.ts';
import toCatalog from '../../../integrations/github-push/flows/push-to-catalog.ts';
import toEndpoint from '../../../integrations/github-push/flows/push-to-endpoint.ts';
import githubPush from '../../../integrations/github-push/integration.ts';
import { integrations } from '../../../integrations/integrations.ts';

const payload = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/payloads/github.push.${name}.json`, import.meta.url), 'utf8'));

test('it is shipped, and each of its flows calls its destination alone', () => {
  const called = [toEndpoint, toCatalog].map(systemsCalledBy);

  expect(integrations).toContain(githubPush);
  expect(called).toEqual([['endpoint'], ['catalog']]);
});

describe.each([
  { flow: toEndpoint, name: 'push-to-endpoint' },
  { flow: toCatalog, name: 'push-to-catalog' },
])('$name', ({ flow }) => {
  test('tells of a push what its payload tells, and of its order by the two commits', () => {
    const event = v.parse(flow.source.schema, payload('branch'));

    const told = mapRecord(flow.mapping, flow.direction, flow.source.fields!(event));

    expect(flow.source.key(event)).toBe('Codertocat/Hello-World#refs/heads/master');
    expect(told).toEqual({
      repository: 'Codertocat/Hello-World',
      ref: 'refs/heads/master',
      from: '0'.repeat(40),
      to: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      forced: false,
      pushedBy: 'Codertocat',
    });
  });

  test('keeps tags apart from branches', () => {
    const event = v.parse(flow.source.schema, payload('tag'));

    expect(flow.source.key(event)).toBe('Codertocat/Hello-World#refs/tags/simple-tag');
  });

  test.each([
    ['no commit', { after: 'HEAD' }],
    ['no reference', { ref: 'master' }],
    ['no repository', { repository: {} }],
  ])('does not take an event with %s', (_what, changes) => {
    const parsed = v.safeParse(flow.source.schema, { ...payload('branch'), ...changes });

    expect(parsed.success).toBe(false);
  });
});
