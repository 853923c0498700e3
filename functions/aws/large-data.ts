import { dataPrefix, type LargeData } from '../contract/large-data.ts';
import { hashOf } from './check-in.ts';
import { queueId } from './queue-sender.ts';
import { type S3, S3Error } from './signed-s3.ts';

/** How long a call may take that no invocation's end limits, in milliseconds. */
const timeoutMs = 3_000;

/** The data of an integration's large events, in S3. Keys are made of names and hashes: ids are the senders', and may be anything. */
export function createLargeData(s3: S3, integration: string): LargeData {
  return {
    async put({ key, sha256 }, body) {
      const headers = { 'content-type': 'application/json', 'x-amz-content-sha256': sha256 };
      await s3({ method: 'PUT', key, headers, body, timeoutMs });
    },
    async read({ key, sha256 }, mostMs) {
      const text = await unlessGone(s3({ method: 'GET', key, timeoutMs: mostMs }));
      if (text === undefined) return { kind: 'gone' };
      return hashOf(text) === sha256 ? { kind: 'read', text } : { kind: 'altered' };
    },
    async keep(claim) {
      const [events, parked] = [dataPrefix('events', integration), dataPrefix('parked', integration)];
      if (!claim.key.startsWith(events)) return claim;
      const key = `${parked}${claim.key.slice(events.length)}`;
      const copied = await unlessGone(s3({ method: 'PUT', key, copyOf: claim.key, timeoutMs }));
      return copied === undefined ? undefined : { ...claim, key };
    },
    async remove(flow, eventId) {
      for (const kind of ['events', 'parked'] as const) {
        const of = { 'list-type': '2', prefix: `${dataPrefix(kind, integration, flow)}${queueId(eventId)}/` };
        for (let keys = await keysOf(s3, of); keys.length > 0; keys = await keysOf(s3, of)) {
          for (const key of keys) await s3({ method: 'DELETE', key, timeoutMs });
        }
      }
    },
  };
}

async function unlessGone(answer: Promise<string>): Promise<string | undefined> {
  try {
    return await answer;
  } catch (error) {
    // Without the right to list, S3 calls what is not there forbidden.
    if (error instanceof S3Error && error.code === 'NoSuchKey') return undefined;
    throw error;
  }
}

async function keysOf(s3: S3, query: Readonly<Record<string, string>>): Promise<string[]> {
  const list = await s3({ method: 'GET', query, timeoutMs });
  return [...list.matchAll(/<Key>([\w/-]+)<\/Key>/g)].flatMap(([, key]) => key ?? []);
}
