import { beforeAll, describe, expect, it } from 'vitest';
import { pausePart, resumePart } from '../../bin/holds.ts';
import { stageNamed } from '../../bin/stages.ts';
import { discard } from '../../functions/parking/discard.ts';
import { erase } from '../../functions/parking/erase.ts';
import { createHealth } from '../../functions/state/health.ts';
import { createHistories } from '../../functions/state/histories.ts';
import { createIntents } from '../../functions/state/intents.ts';
import { createLateEvents } from '../../functions/state/late-events.ts';
import { createParkRequests } from '../../functions/state/park-requests.ts';
import { createTokens } from '../../functions/state/tokens.ts';
import { fromStripe, MemoryStage, nowMs } from '../bin/support/stage.ts';
import { flatten } from './support/policies.ts';
import { synthesise } from './support/synthesise.ts';

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operator -> key -> values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const { data } = synthesise();

function statementsOf(name: string): Statement[] {
  const found = data.findResources('AWS::IAM::ManagedPolicy', { Properties: { ManagedPolicyName: name } });
  const [policy] = Object.values(found);
  return policy?.Properties.PolicyDocument.Statement.map(
    (statement: { Action: unknown; Resource: unknown; Condition?: Statement['conditions'] }) => ({
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat().map(flatten),
      conditions: statement.Condition ?? {},
    }),
  );
}

const viewer = statementsOf('millrace-dev-viewer');
const operator = statementsOf('millrace-dev-operator');
const actionsOf = (statements: readonly Statement[]) => statements.flatMap(({ actions }) => actions);
const on = (statements: readonly Statement[], resource: string) =>
  statements.filter(({ resources }) => resources.some((each) => each.includes(resource)));

/** Kinds of state items, by how their keys begin, that an action may be done with. */
const kindsFor = (statements: readonly Statement[], action: string) =>
  on(statements, 'StateTable')
    .filter(({ actions }) => actions.includes(`dynamodb:${action}`))
    .flatMap(({ conditions }) => conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] as string[]);

describe('both policies', () => {
  it.each([
    ['viewer', viewer],
    ['operator', operator],
  ])('name every action, and no way to take a message out of a queue: %s', (_, statements) => {
    const actions = actionsOf(statements);

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions.filter((action) => /^(iam|sts):|sqs:(Receive|Delete|Purge)/.test(action))).toEqual([]);
    const wide = statements.filter(({ resources }) => resources.includes('*'));
    expect(actionsOf(wide)).toEqual(['cloudwatch:GetMetricData', 'logs:DescribeLogGroups']);
  });

  it('keep to their own stage', () => {
    const named = operator.flatMap(({ resources }) => resources).filter((resource) => resource.startsWith('arn:'));

    expect(named.filter((resource) => !/millrace-dev[-/]/.test(resource))).toEqual([]);
  });

  it('use the key through a service only', () => {
    const uses = [...viewer, ...operator].filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));

    expect(uses).toHaveLength(1 + 3 + 1);
    for (const { conditions } of uses) {
      expect(flatten(conditions.StringEquals?.['kms:ViaService'])).toMatch(/^(dynamodb|s3|sqs|secretsmanager)\./);
    }
  });

  it('fit into a managed policy, whatever the stage and its flows are called', () => {
    const longest = { ...stageNamed('dev'), name: 'abcdefghijklmnop' };
    const policies = Object.values(synthesise(longest).data.findResources('AWS::IAM::ManagedPolicy'));

    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6_144);
  });

  it('tell their ARNs, for roles to be given them', () => {
    for (const output of ['ViewerPolicyArn', 'OperatorPolicyArn']) data.hasOutput(output, {});
  });
});

describe('a viewer', () => {
  it('reads, and does nothing else', () => {
    const reading = /:(Get|BatchGet|Describe|Filter|Query|Decrypt)/;

    expect(actionsOf(viewer).filter((action) => !reading.test(action))).toEqual([]);
  });

  it('sees nothing of the bucket of large data', () => {
    expect(actionsOf(viewer).filter((action) => action.startsWith('s3:'))).toEqual([]);
  });

  it('sees of a parked event all but its message, and must say so', () => {
    const [index, ...items] = on(viewer, 'ParkedTable');

    expect(index?.resources).toEqual([expect.stringMatching(/\/index\/unsettled$/)]);
    expect(items).toHaveLength(1);
    expect(items[0]?.conditions).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': expect.not.arrayContaining(['body']) },
      StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    });
  });
});

it('an operator reads and deletes large data, and puts none', () => {
  const actions = actionsOf(operator).filter((action) => action.startsWith('s3:'));

  expect(actions).toEqual(['s3:ListBucket', 's3:DeleteObject', 's3:GetObject']);
});

describe('an operator may rotate', () => {
  const resourcesFor = (action: string) =>
    operator.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
  const names = (action: string) => resourcesFor(action).map((arn) => arn.replace(/^.*:(secret|function):/, ''));

  it('an API key, by supplying it, and a signing secret of ours, by being handed it; and no other secret', () => {
    expect(names('secretsmanager:PutSecretValue')).toEqual(['millrace-dev/shop-ledger/shop/credentials-??????']);
    expect(names('secretsmanager:GetSecretValue')).toEqual(['millrace-dev/shop-ledger/ledger/webhook-??????']);
    expect(actionsOf(operator).filter((action) => action.startsWith('secretsmanager:'))).toHaveLength(2);
  });

  it('by the functions that try them, and calls no other', () => {
    expect(names('lambda:InvokeFunction')).toEqual([
      'millrace-dev-shop-ledger-rotate-secret-shop',
      'millrace-dev-shop-ledger-rotate-webhook-secret-ledger',
    ]);
  });

  it('which a viewer may not', () => {
    expect(actionsOf(viewer).filter((action) => /^(secretsmanager|lambda):/.test(action))).toEqual([]);
  });
});

it('an operator can do what a viewer can', () => {
  expect(actionsOf(viewer).filter((action) => !actionsOf(operator).includes(action))).toEqual([]);
});

// The emulator does not look at leading keys: these tests do instead.
describe('the items of the state table that commands touch', () => {
  const kindOf = (key: string) => `${key.split(':')[0]}:*`;
  const reads = new Set<string>();
  const writes = new Set<string>();
  const records = new Set<string>();

  beforeAll(async () => {
    const stage = new MemoryStage();
    const { table } = stage;
    await stage.park('evt_1', { halts: true });
    await stage.park('evt_2', { halts: true, status: 'waiting' });
    await stage.park('evt_3', { subject: 'cus_3' });
    table.calls.length = 0;
    const board = createHealth(table, 'shop');
    for (const kind of ['flow', 'system'] as const) {
      const part = { integration: 'shop', kind, name: kind };
      await pausePart(part, board, nowMs);
      await resumePart(part, board);
    }
    await createParkRequests(table, 'shop').write(fromStripe, 'evt_9', { reason: 'r', generation: 0 });
    await discard({ flow: fromStripe, eventId: 'evt_1' }, 'a test', stage.parkingOf());
    await erase({ flow: fromStripe, subject: 'cus_3' }, stage.parkingOf());
    await createLateEvents(table, 'shop', () => nowMs).read(fromStripe);
    await createTokens(table, 'shop').read('stripe');
    await createHistories(table, 'shop').read([{ messageId: 'm', event: undefined }]);
    await createIntents(table, 'shop').read('stripe/customer/001');
    for (const { step, keys } of table.calls) {
      const isRecord = ['lock', 'complete', 'unlock'].includes(step);
      const seen = isRecord ? records : ['get', 'getMany'].includes(step) ? reads : writes;
      for (const key of keys) seen.add(kindOf(key));
    }
  });

  it('are those that a viewer may read, and the limits', () => {
    const granted = kindsFor(viewer, 'GetItem');

    expect([...reads, 'limit:*'].toSorted()).toEqual(granted.toSorted());
    expect(kindsFor(viewer, 'BatchGetItem')).toEqual(granted);
  });

  it('are those that an operator may write', () => {
    expect([...writes, ...records].toSorted()).toEqual(kindsFor(operator, 'PutItem').toSorted());
    expect([...records]).toEqual(kindsFor(operator, 'UpdateItem'));
    expect([...records]).toEqual(kindsFor(operator, 'DeleteItem'));
  });
});
