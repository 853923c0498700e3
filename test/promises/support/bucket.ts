import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { dataBucketOutput, stageName } from '../../../functions/contract/names.ts';
import { aws } from '../../support/clients.ts';
import { stage } from './names.ts';

const client = aws.s3;
const Bucket = inject('pipeline').outputs[`${stageName(stage)}-data`]?.[dataBucketOutput];

/** Keys of all that is in the bucket of large data. */
export async function objectKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return keys;
}

/** Of those whose data mentions an id. */
export async function objectsAbout(id: string): Promise<string[]> {
  const found = await Promise.all(
    (await objectKeys()).map(async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString())?.includes(id) ? [Key] : [];
    }),
  );
  return found.flat();
}

export async function deleteObject(Key: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
}
