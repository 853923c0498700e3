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
  /** Resources among them that end in `*`. @default none */
  readonly wide?: readonly string[];
}

/** A secret that is known by its name; `arn` ends in `-??????` for the six characters that Secrets Manager adds. */
export interface NamedSecret {
  readonly name: string;
  readonly arn: string;
  readonly key: IKey;
}

/** A bucket that is known by its name. */
export interface NamedBucket {
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

/** May consume the queue, and put messages into it, too; the value is its URL. */
export function consumeAndSendTo(queue: IQueue): Binding {
  const { value, statements } = consumeFrom(queue);
  return { value, statements: [...statements, ...sendTo(queue).statements] };
}

/** What can be done with items whose keys are known, one by one or in batches. */
type ItemAction = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem';

/** May do so with the items of the table; the value is its name. */
export function useItemsOf(table: ITableV2, actions: readonly ItemAction[]): Binding {
  const use = allow(
    actions.map((action) => `dynamodb:${action}`),
    table.tableArn,
  );
  const key = [...decrypting, 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'];
  return { value: table.tableName, statements: [use, ...useKey(table.encryptionKey, 'dynamodb', key)] };
}

/** May read single items of the table whose keys it knows; the value is its name. */
export function readItemsOf(table: ITableV2): Binding {
  return { value: table.tableName, statements: [allow(['dynamodb:GetItem'], table.tableArn), ...readKey(table)] };
}

/** May ask one index of the table, and not the table itself; the value is the table's name. */
export function queryIndexOf(table: ITableV2, index: string): Binding {
  const query = allow(['dynamodb:Query'], `${table.tableArn}/index/${index}`);
  return { value: table.tableName, statements: [query, ...readKey(table)] };
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

/** May read every version of the secret, and say which one is in force, but make none; the value is its name. */
export function promoteSecret(secret: NamedSecret): Binding {
  const actions = ['DescribeSecret', 'GetSecretValue', 'UpdateSecretVersionStage'];
  const promote = allow(
    actions.map((action) => `secretsmanager:${action}`),
    secret.arn,
  );
  return { value: secret.name, statements: [promote, ...useKey(secret.key, 'secretsmanager', decrypting)] };
}

/** The same, and may make versions; the value is its name. */
export function replaceSecret(secret: NamedSecret): Binding {
  const { value, statements } = promoteSecret(secret);
  return { value, statements: [...statements, ...writeSecret(secret).statements] };
}

/** What may be done with objects, by the prefix of their keys. */
export interface ObjectAccess {
  readonly put?: readonly string[];
  readonly read?: readonly string[];
}

/**
 * May do so with objects of the bucket; the value is its name. Whoever reads may list, too: to others S3 does not tell
 * what is not there from what is forbidden.
 */
export function useObjectsOf(bucket: NamedBucket, { put = [], read = [] }: ObjectAccess): Binding {
  const objects = (prefix: string) => `${bucket.arn}/${prefix}*`;
  const key = [...(read.length > 0 ? decrypting : []), ...(put.length > 0 ? ['kms:GenerateDataKey'] : [])];
  return {
    value: bucket.name,
    statements: [
      ...put.map((prefix) => allowHere('s3:PutObject', objects(prefix))),
      ...read.map((prefix) => allowHere('s3:GetObject', objects(prefix))),
      ...(read.length > 0 ? [allowHere('s3:ListBucket', bucket.arn)] : []),
      ...useKey(bucket.key, 's3', key),
    ],
    wide: [...put, ...read].map(objects),
  };
}

/** May call the function; the value is its name. */
export function invoke(target: IFunction): Binding {
  return { value: target.functionName, statements: [allow(['lambda:InvokeFunction'], target.functionArn)] };
}

const decrypting = ['kms:Decrypt'];
/** Services that encrypt under a data key ask for both: a cached data key is decrypted before it is used again. */
const encrypting = ['kms:Decrypt', 'kms:GenerateDataKey'];

function readKey(table: ITableV2): PolicyStatement[] {
  return useKey(table.encryptionKey, 'dynamodb', [...decrypting, 'kms:DescribeKey']);
}

/** Use of the key through one service only: the function can't decrypt anything by itself. */
function useKey(key: IKey | null | undefined, service: string, actions: string[]): PolicyStatement[] {
  if (!key) return [];
  const conditions = { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` } };
  return [new PolicyStatement({ actions, resources: [key.keyArn], conditions })];
}

/** In our own account only: somebody else could make a bucket of that name, once ours is gone. */
function allowHere(action: string, resource: string): PolicyStatement {
  const conditions = { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } };
  return new PolicyStatement({ actions: [action], resources: [resource], conditions });
}

function allow(actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions, resources: [resource] });
}
