import { Aws } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/**
 * One environment variable together with what its holder may do with it: a function that knows a queue has the grant,
 * and one that lacks the grant doesn't know the queue. Actions are named one by one, without wildcards.
 */
export interface Binding {
  readonly value: string;
  readonly statements: readonly PolicyStatement[];
}

/** A secret that is known by its name; `arn` ends in `-??????` for the six characters that Secrets Manager adds. */
export interface NamedSecret {
  readonly name: string;
  readonly arn: string;
  readonly key: IKey;
}

/** A value that grants nothing. */
export function plain(value: string | number): Binding {
  return { value: String(value), statements: [] };
}

/** Several bindings in one variable, as a JSON object. */
export function record(bindings: Readonly<Record<string, Binding>>): Binding {
  const values = Object.entries(bindings).map(([name, binding]) => [name, binding.value]);
  return {
    value: JSON.stringify(Object.fromEntries(values)),
    statements: Object.values(bindings).flatMap((binding) => binding.statements),
  };
}

/** May put messages into the queue; the value is its URL. */
export function sendTo(queue: IQueue): Binding {
  const send = allow(['sqs:SendMessage'], queue.queueArn);
  return { value: queue.queueUrl, statements: [send, ...useKey(queue.encryptionMasterKey, 'sqs', encrypting)] };
}

/** May receive, settle and hand back the queue's messages; the value is its URL. */
export function consumeFrom(queue: IQueue): Binding {
  const actions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'];
  const consume = allow(
    actions.map((action) => `sqs:${action}`),
    queue.queueArn,
  );
  return { value: queue.queueUrl, statements: [consume, ...useKey(queue.encryptionMasterKey, 'sqs', decrypting)] };
}

/** May read and write items of the table whose keys it knows, one by one or in batches; the value is its name. */
export function useItemsOf(table: ITableV2): Binding {
  const actions = ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
  const use = allow(
    actions.map((action) => `dynamodb:${action}`),
    table.tableArn,
  );
  const key = [...decrypting, 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'];
  return { value: table.tableName, statements: [use, ...useKey(table.encryptionKey, 'dynamodb', key)] };
}

/** May read single items of the table whose keys it knows; the value is its name. */
export function readItemsOf(table: ITableV2): Binding {
  const read = allow(['dynamodb:GetItem'], table.tableArn);
  const key = [...decrypting, 'kms:DescribeKey'];
  return { value: table.tableName, statements: [read, ...useKey(table.encryptionKey, 'dynamodb', key)] };
}

/** May read the secret; the value is its name. */
export function readSecret(secret: NamedSecret): Binding {
  const read = allow(['secretsmanager:GetSecretValue'], secret.arn);
  return { value: secret.name, statements: [read, ...useKey(secret.key, 'secretsmanager', decrypting)] };
}

/** May give the secret a new value, but not read it; the value is its name. */
export function writeSecret(secret: NamedSecret): Binding {
  const write = allow(['secretsmanager:PutSecretValue'], secret.arn);
  return { value: secret.name, statements: [write, ...useKey(secret.key, 'secretsmanager', encrypting)] };
}

/** May call the function; the value is its name. */
export function invoke(target: IFunction): Binding {
  return { value: target.functionName, statements: [allow(['lambda:InvokeFunction'], target.functionArn)] };
}

const decrypting = ['kms:Decrypt'];
/** Services that encrypt under a data key ask for both: a cached data key is decrypted before it is used again. */
const encrypting = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Use of the key through one service only: the function can't decrypt anything by itself. */
function useKey(key: IKey | null | undefined, service: string, actions: string[]): PolicyStatement[] {
  if (!key) return [];
  const conditions = { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` } };
  return [new PolicyStatement({ actions, resources: [key.keyArn], conditions })];
}

function allow(actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}
