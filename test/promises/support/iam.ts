import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { inject } from 'vitest';
import { stageName } from '../../../functions/contract/names.ts';
import { aws, rootCredentials } from '../../support/clients.ts';
import { request } from '../../support/request.ts';
import { stage } from './names.ts';

const client = aws.cloudFormation;
const waiting = { client, maxWaitTime: 30, minDelay: 0.1 };

/** Somebody who may do what one of the stage's managed policies allows, and nothing else. */
export interface Somebody {
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Before the stage goes: a policy that is attached to somebody can't be deleted. */
  leave(): Promise<void>;
}

/** Makes a user with the policy that an output of the data stack names. */
export async function somebodyWith(policyOutput: 'ViewerPolicyArn' | 'OperatorPolicyArn'): Promise<Somebody> {
  const policyArn = inject('pipeline').outputs[`${stageName(stage)}-data`]?.[policyOutput];
  const StackName = `somebody-with-${policyOutput}`;
  const TemplateBody = JSON.stringify({
    Resources: { User: { Type: 'AWS::IAM::User', Properties: { ManagedPolicyArns: [policyArn] } } },
    Outputs: { Name: { Value: { Ref: 'User' } } },
  });
  await client.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }));
  await waitUntilStackCreateComplete(waiting, { StackName });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  const UserName = Stacks[0]?.Outputs?.[0]?.OutputValue ?? '';
  const key = await callIam({ Action: 'CreateAccessKey', UserName });
  const credentials = { accessKeyId: textOf(key, 'AccessKeyId'), secretAccessKey: textOf(key, 'SecretAccessKey') };
  return {
    credentials,
    async leave() {
      await callIam({ Action: 'DeleteAccessKey', UserName, AccessKeyId: credentials.accessKeyId });
      await client.send(new DeleteStackCommand({ StackName }));
      await waitUntilStackDeleteComplete(waiting, { StackName });
    },
  };
}

/** The emulator makes no access key from a template, so IAM itself is asked, signed by another service's client. */
async function callIam(parameters: Readonly<Record<string, string>>): Promise<string> {
  const { endpoint, region, caFile } = inject('pipeline');
  const { hostname, port, host, protocol } = new URL(endpoint);
  const body = new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString();
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
  const scheme = { name: 'sigv4', signingName: 'iam', signingRegion: region, properties: {} };
  const { config } = new CloudFormationClient({ region, credentials: rootCredentials });
  const signer = await config.signer(scheme);
  const unsigned = { method: 'POST', protocol, hostname, port: Number(port), path: '/', query: {}, headers, body };
  const signed = await signer.sign(unsigned);
  const answer = await request(endpoint, { headers: signed.headers, body, caFile });
  if (answer.status !== 200) throw new Error(`IAM refused ${parameters.Action}: ${answer.body}`);
  return answer.body;
}

function textOf(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`).exec(xml)?.[1] ?? '';
}
