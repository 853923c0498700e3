import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkIn } from '../../../functions/aws/check-in.ts';
import { createLargeData } from '../../../functions/aws/large-data.ts';
import { plainJson } from '../../../functions/aws/queue-sender.ts';
import { type S3, type S3Call, S3Error } from '../../../functions/aws/signed-s3.ts';
import { type Claim, largestMessageBytes } from '../../../functions/contract/large-data.ts';
import { claimOf, parseMessage } from '../../../functions/contract/message.ts';
import { aMessage } from '../deliver-event/support/factories.ts';
import { MemoryLargeData } from '../deliver-event/support/large-data.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const of = { integration: 'shop', flow: 'orders' };

/** A bucket in memory that lists at most two keys at a time. */
function aBucket() {
  const objects = new Map<string, string>();
  const calls: S3Call[] = [];
  const s3: S3 = async (call) => {
    calls.push(call);
    const { method, key = '', query, copyOf, body = '' } = call;
    if (query !== undefined) {
      const keys = [...objects.keys()].filter((each) => each.startsWith(query.prefix ?? ''));
      return `<ListBucketResult>${keys
        .slice(0, 2)
        .map((each) => `<Key>${each}</Key>`)
        .join('')}</ListBucketResult>`;
    }
    if (method === 'DELETE') objects.delete(key);
    if (method === 'DELETE') return '';
    const found = objects.get(method === 'GET' ? key : (copyOf ?? ''));
    if (found === undefined && (method === 'GET' || copyOf !== undefined)) throw new S3Error(method, 404, 'NoSuchKey');
    if (method === 'PUT') objects.set(key, found ?? body);
    return found ?? '';
  };
  return { objects, calls, s3, largeData: createLargeData(s3, 'shop') };
}

const text = '{"name":"Zoë"}';
const claim: Claim = { key: 'events/shop/orders/e/1', bytes: 15, sha256: hashOf(text) };

describe('createLargeData', () => {
  it('gives back what was put, which S3 checks against its hash', async () => {
    const { largeData, calls } = aBucket();

    await largeData.put(claim, text);
    const read = await largeData.read(claim, 700);

    expect(read).toEqual({ kind: 'read', text });
    expect(calls).toMatchObject([
      { method: 'PUT', headers: { 'x-amz-content-sha256': hashOf(text) } },
      { method: 'GET', timeoutMs: 700 },
    ]);
  });

  it('tells what is gone from what was altered', async () => {
    const { largeData, objects } = aBucket();

    const gone = await largeData.read(claim, 700);
    objects.set(claim.key, '{}');
    const altered = await largeData.read(claim, 700);

    expect([gone, altered]).toEqual([{ kind: 'gone' }, { kind: 'altered' }]);
  });

  it.each(['AccessDenied', 'NoSuchBucket'])('throws for %s: nothing tells that it is gone', async (code) => {
    const largeData = createLargeData(() => Promise.reject(new S3Error('GET', 403, code)), 'shop');

    await expect(largeData.read(claim, 700)).rejects.toMatchObject({ code });
    await expect(largeData.keep(claim)).rejects.toMatchObject({ code });
  });

  it('keeps a copy for a parked event, once', async () => {
    const { largeData, objects, calls } = aBucket();
    objects.set(claim.key, text);

    const kept = await largeData.keep(claim);
    const again = kept && (await largeData.keep(kept));

    expect(kept).toEqual({ ...claim, key: 'parked/shop/orders/e/1' });
    expect(again).toEqual(kept);
    expect(objects.get('parked/shop/orders/e/1')).toBe(text);
    expect(calls).toHaveLength(1);
  });

  it('keeps nothing of what is gone', async () => {
    expect(await aBucket().largeData.keep(claim)).toBeUndefined();
  });

  it('removes all that there is of one event, and nothing else', async () => {
    const { largeData, objects } = aBucket();
    const { put, keep, remove } = largeData;
    const stored = async (id: string, flow = 'orders') => {
      for (const n of [1, 2, 3]) {
        const message = aMessage({ id, data: `${n}`.repeat(largestMessageBytes) });
        const held = claimOf(await checkIn(message, { ...of, flow }, { put }));
        if (held !== undefined) await keep(held);
      }
    };
    await stored('evt_1');
    await stored('evt_2');
    await stored('evt_1', 'returns');
    const before = objects.size;

    await remove('orders', 'evt_1');
    await remove('orders', 'evt_never');

    expect([before, objects.size]).toEqual([18, 12]);
  });
});

describe('checkIn', () => {
  /** A message of exactly so many bytes as it is sent. */
  const ofBytes = (bytes: number) => {
    const empty = aMessage({ id: 'ada@example.com', subject: 'p1', data: 'é' });
    return { ...empty, data: `é${'x'.repeat(bytes - Buffer.byteLength(plainJson(empty)))}` };
  };

  it('leaves a message as it is, and S3 alone, up to 200 KB in bytes', async () => {
    const store = new MemoryLargeData();
    const message = ofBytes(200 * 1024);

    const sent = await checkIn(message, of, store);

    expect(sent).toBe(message);
    expect(store.calls).toEqual([]);
  });

  it('stores the data of a larger one first, under a key without its ids, and sends where it is', async () => {
    const store = new MemoryLargeData();
    const message = ofBytes(200 * 1024 + 1);

    const sent = await checkIn(message, of, store);

    const [[key, stored]] = [...store.objects] as [[string, string]];
    expect(JSON.parse(stored)).toBe(message.data);
    expect(key).toMatch(/^events\/shop\/orders\/[0-9a-f]{64}\/[0-9a-f]{64}$/);
    const { data: _, ...envelope } = message;
    const pointer = { dataref: key, datasize: Buffer.byteLength(stored), datahash: hashOf(stored) };
    expect(parseMessage(plainJson(sent))).toEqual({ ...envelope, ...pointer });
  });

  it('gives the same data of the same event one key, and anything else another', async () => {
    const store = new MemoryLargeData();
    const message = ofBytes(300_000);

    await checkIn(message, of, store);
    await checkIn({ ...message, receivedtime: '2026-11-20T08:00:00.000Z' }, of, store);
    const once = store.objects.size;
    await checkIn({ ...message, id: 'evt_2' }, of, store);
    await checkIn({ ...message, data: `${message.data}!` }, of, store);
    await checkIn(message, { ...of, flow: 'returns' }, store);

    expect([once, store.objects.size]).toEqual([1, 4]);
  });

  it('throws where it is not stored: nothing may be sent then', async () => {
    const store = new MemoryLargeData();
    store.isDown = true;

    await expect(checkIn(ofBytes(300_000), of, store)).rejects.toThrow();
  });
});
