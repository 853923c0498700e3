import { randomText } from './random-text.ts';
import type { Chance } from './system.ts';

/** A stored record: what was sent, under an id. */
export type StoredRecord = { id: string } & Record<string, unknown>;

/** What a write came to; `gone`: a record of that id was deleted, and is not made again. */
export type Stored = { record: StoredRecord; created: boolean } | 'gone';

/** Collections of records as they were sent, in the order in which they first came. */
export class RecordStore {
  readonly #collections = new Map<string, Map<string, StoredRecord | 'gone'>>();
  readonly #random: Chance['random'];

  constructor(random: Chance['random']) {
    this.#random = random;
  }

  list(collection: string): StoredRecord[] {
    return [...this.#of(collection).values()].filter((record) => record !== 'gone');
  }

  get(collection: string, id: string): StoredRecord | 'gone' | undefined {
    return this.#of(collection).get(id);
  }

  /** Makes the record, or replaces all of it. */
  put(collection: string, id: string, fields: Record<string, unknown>): Stored {
    const known = this.get(collection, id);
    if (known === 'gone') return known;
    const record = { ...fields, id };
    this.#of(collection).set(id, record);
    return { record, created: known === undefined };
  }

  /** Changes the named fields of a record; undefined where there is none. */
  patch(collection: string, id: string, fields: Record<string, unknown>): Stored | undefined {
    const known = this.get(collection, id);
    if (known === undefined || known === 'gone') return known;
    return this.put(collection, id, { ...known, ...fields });
  }

  /** Adds a record under a new id. */
  add(collection: string, fields: Record<string, unknown>): StoredRecord {
    const record = { ...fields, id: `rec_${randomText(this.#random, 12)}` };
    this.#of(collection).set(record.id, record);
    return record;
  }

  delete(collection: string, id: string): boolean {
    const known = this.get(collection, id);
    if (known === undefined || known === 'gone') return false;
    this.#of(collection).set(id, 'gone');
    return true;
  }

  #of(collection: string): Map<string, StoredRecord | 'gone'> {
    const known = this.#collections.get(collection);
    if (known) return known;
    const made = new Map<string, StoredRecord | 'gone'>();
    this.#collections.set(collection, made);
    return made;
  }
}

/** What is the matter with a call under a key: it is still under way, or was used for something else. */
export type KeyTrouble = 'in-use' | 'other-call';

/** Calls that were made under an `Idempotency-Key`: a repeat gets the first one's answer, and does nothing. */
export class KeyedCalls<Answer> {
  readonly #made = new Map<string, { fingerprint: string; answer: Answer | undefined }>();

  async once(key: string, fingerprint: string, make: () => Promise<Answer>): Promise<Answer | KeyTrouble> {
    const made = this.#made.get(key);
    if (made) return made.fingerprint === fingerprint ? (made.answer ?? 'in-use') : 'other-call';
    const call: { fingerprint: string; answer: Answer | undefined } = { fingerprint, answer: undefined };
    this.#made.set(key, call);
    call.answer = await make();
    return call.answer;
  }
}
