import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openStage } from '../../bin/open-stage.ts';
import {
  dataBucketOutput,
  parkedTableOutput,
  queueUrlOutput,
  stateTableOutput,
} from '../../functions/contract/names.ts';
import { freePort } from '../../local/emulator/free-port.ts';
import { sendMessageAnswer } from '../functions/aws/aws-endpoint.ts';
import { aParkedEvent, fromStripe, integration } from './support/stage.ts';
import { millrace } from './support/typed.ts';

/** Of a stage's data stack. */
const outputs = {
  [stateTableOutput]: 'state',
  [parkedTableOutput]: 'parked',
  [dataBucketOutput]: 'data',
  [queueUrlOutput(integration, fromStripe)]: 'https://queue',
};

const shop = { name: integration, systems: {}, flows: { [fromStripe]: {} } };

beforeEach(() => {
  // Nothing of who runs the tests.
  for (const name of ['AWS_PROFILE', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** What a command says that can't open its stage. */
async function complaint(...words: readonly string[]) {
  const { code, err } = await millrace({ openStage: (name) => openStage(name, [shop], folder()) }, ...words);
  return { code, err };
}

function folder(localFile?: object): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-stage-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'ca'), '');
  if (localFile) writeFileSync(join(path, 'local.json'), JSON.stringify({ ...localFile, caFile: join(path, 'ca') }));
  return path;
}

type Answer = { readonly status?: number; readonly body: string };

/** An AWS that answers so; resolves to what it was asked: `DescribeStacks`, `DynamoDB_20120810.GetItem`. */
async function anAws(answer: (asked: string, body: string) => Answer) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const asked = String(request.headers['x-amz-target'] ?? new URLSearchParams(body).get('Action'));
      const { status = 200, body: answered } = answer(asked, body);
      response.writeHead(status, { 'content-type': asked.includes('.') ? 'application/x-amz-json-1.0' : 'text/xml' });
      response.end(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
}

const refusal = (code: string, message: string): Answer => ({
  status: 400,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

function stacks(...named: readonly (readonly [name: string, outputs: Readonly<Record<string, string>>])[]): Answer {
  const members = named.map(([name, outputs]) => {
    const each = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return `<member><StackName>${name}</StackName><Outputs>${each.join('')}</Outputs></member>`;
  });
  return {
    body: `<DescribeStacksResponse><DescribeStacksResult><Stacks>${members.join('')}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}

describe('the stage of this machine', () => {
  it('says so where no pipeline runs', async () => {
    const { code, err } = await complaint('pause', 'stripe');

    expect([code, err]).toEqual([1, expect.stringMatching(/No local pipeline is running .*local\.json.* npm start/)]);
  });

  it('says so where the pipeline was ended by force', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;

    const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
    const opened = openStage('local', [shop], folder({ endpoint, credentials }));

    await expect(opened).rejects.toThrow(`does not answer at ${endpoint}`);
  });
});

describe('a deployed stage', () => {
  it('is found by the outputs of its data stack, with the credentials and region of whoever asks', async () => {
    const tables: string[] = [];
    await anAws((asked, body) => {
      if (asked === 'DescribeStacks') return stacks(['millrace-dev-data', outputs]);
      tables.push(JSON.parse(body).TableName);
      return { body: '{}' };
    });

    const { table, parkingOf } = await openStage('dev', [shop]);
    await table.get('any');
    await parkingOf(integration).store.read(fromStripe, 'any');

    expect(tables).toEqual(['state', 'parked']);
  });

  it('names the stages that there are, where it is none of them', async () => {
    await anAws((_, body) =>
      new URLSearchParams(body).has('StackName')
        ? refusal('ValidationError', 'Stack with id millrace-porod-data does not exist')
        : stacks(['millrace-prod-data', {}], ['millrace-prod-pipeline', {}], ['other', {}]),
    );

    const { code, err } = await complaint('parked', 'list', '--stage', 'porod');

    expect(code).toBe(3);
    expect(err).toContain("There is no stage 'porod' in eu-central-1 (no stack 'millrace-porod-data').");
    expect(err).toMatch(/Deployed there: prod\. .*AWS_PROFILE and AWS_REGION.*-c stage=porod/);
  });

  it('asks to deploy it, where it is older than parking', async () => {
    await anAws(() => stacks(['millrace-dev-data', { [stateTableOutput]: 'state' }]));

    const { code, err } = await complaint('parked', 'list', '--stage', 'dev');

    expect([code, err]).toEqual([1, expect.stringContaining(`no output '${parkedTableOutput}'. Deploy the stage`)]);
  });

  it.each([
    [
      'AccessDenied',
      'User: ada is not authorized to perform: cloudformation:DescribeStacks',
      /cloudformation:DescribeStacks\. Ask for that permission/,
    ],
    [
      'ExpiredToken',
      'The security token included in the request is expired',
      /no credentials of yours .*expired.* Sign in/,
    ],
    ['InternalFailure', 'Something is wrong', /AWS answered InternalFailure: Something is wrong/],
  ])('says what to do about %s', async (code, message, told) => {
    await anAws(() => refusal(code, message));

    const { code: exit, err } = await complaint('parked', 'list', '--stage', 'dev');

    expect([exit, err]).toEqual([1, expect.stringMatching(told)]);
  });

  it('names the action that a later call is not allowed', async () => {
    await anAws((asked) =>
      asked === 'DescribeStacks'
        ? stacks(['millrace-dev-data', outputs])
        : {
            status: 400,
            body: JSON.stringify({
              __type: 'x#AccessDeniedException',
              message: 'User: ada is not authorized to perform: dynamodb:Query',
            }),
          },
    );

    const { code, err } = await complaint('parked', 'list', '--stage', 'dev');

    expect([code, err]).toEqual([1, expect.stringContaining('dynamodb:Query. Ask for that permission')]);
  });

  it('says so where no region is set, nobody signed in, or AWS is out of reach', async () => {
    const nowhere = await complaint('parked', 'list', '--stage', 'dev');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const nobody = await complaint('parked', 'list', '--stage', 'dev');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'none');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'none');
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${await freePort()}`);
    const unreached = await complaint('parked', 'list', '--stage', 'dev');

    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringMatching(/No AWS region is set\. Set AWS_REGION/)]);
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringMatching(/no credentials of yours .*AWS_PROFILE/)]);
    expect([unreached.code, unreached.err]).toEqual([1, expect.stringMatching(/AWS does not answer \(.*ECONNREFUSED/)]);
  });
});

it('an event that is released goes back to its own queue, marked with its generation', async () => {
  const sent: Record<string, string>[] = [];
  await anAws((asked, body) => {
    if (asked !== 'AmazonSQS.SendMessage') return stacks(['millrace-dev-data', outputs]);
    sent.push(JSON.parse(body));
    return { body: JSON.stringify(sendMessageAnswer(JSON.parse(body))) };
  });
  const event = aParkedEvent('evt_1', { generation: 4 });

  const { parkingOf } = await openStage('dev', [shop]);
  await parkingOf(integration)
    .releases.release(event, event.body!)
    .catch(() => {});

  expect(sent).toMatchObject([{ QueueUrl: 'https://queue', MessageGroupId: 'group-cus_1' }]);
  expect(JSON.parse(sent[0]!.MessageBody!)).toMatchObject({ id: 'evt_1', releasedgeneration: 4 });
});
