import { createHash } from 'node:crypto';
import type { Claim, ClaimedData, LargeData } from '../../../../functions/contract/large-data.ts';

/** The bucket in memory: texts by key, under the prefixes of `functions/aws/large-data.ts`. */
export class MemoryLargeData implements LargeData {
  readonly objects = new Map<string, string>();
  /** What was asked, and of which key or event. */
  readonly calls: string[] = [];
  /** The bucket can't be had. */
  isDown = false;

  async put({ key }: Claim, text: string): Promise<void> {
    this.#called(`put ${key}`);
    this.objects.set(key, text);
  }

  async read({ key, sha256 }: Claim): Promise<ClaimedData> {
    this.#called(`read ${key}`);
    const text = this.objects.get(key);
    if (text === undefined) return { kind: 'gone' };
    return createHash('sha256').update(text).digest('hex') === sha256 ? { kind: 'read', text } : { kind: 'altered' };
  }

  async keep(claim: Claim): Promise<Claim | undefined> {
    this.#called(`keep ${claim.key}`);
    const text = this.objects.get(claim.key);
    if (text === undefined) return undefined;
    const key = claim.key.replace(/^events\//, 'parked/');
    this.objects.set(key, text);
    return { ...claim, key };
  }

  async remove(flow: string, eventId: string): Promise<void> {
    this.#called(`remove ${flow} ${eventId}`);
    for (const key of this.objects.keys()) if (key.includes(`/${flow}/${eventId}/`)) this.objects.delete(key);
  }

  /** Stores an event's data as the receiver does, but under the event's own id; answers what its message holds instead. */
  hold(flow: string, eventId: string, data: unknown) {
    const text = JSON.stringify(data);
    const datahash = createHash('sha256').update(text).digest('hex');
    const dataref = `events/test/${flow}/${eventId}/${datahash}`;
    this.objects.set(dataref, text);
    return { dataref, datasize: Buffer.byteLength(text), datahash };
  }

  #called(what: string): void {
    this.calls.push(what);
    if (this.isDown) throw new Error('the bucket can not be had');
  }
}
