import { isSettled } from '../../../functions/contract/parked.ts';
import type { People } from '../machine/people.ts';
import type { Entry } from '../trace.ts';

interface OpenEvent {
  readonly sinceMs: number;
  /** It is on its way again. */
  released: boolean;
  /** An operator's word counts from when it is given. */
  givenUp: boolean;
}

/** What is parked and not settled of each record, in the order in which it came, as the trace tells it. */
export class OpenEvents {
  readonly #people: Pick<People, 'recordOf' | 'recordOfSubject'>;
  readonly #records = new Map<number, Map<string, OpenEvent>>();
  /** Nothing comes after an operator's word, though a list may name it for a while. */
  readonly #ended = new Set<string>();

  constructor(people: Pick<People, 'recordOf' | 'recordOfSubject'>) {
    this.#people = people;
  }

  see(entry: Entry): void {
    if (entry.kind === 'listed') for (const event of entry.events) this.#park(event, entry.atMs);
    else if (entry.kind === 'dead-letter' && !entry.swallowed) this.#park(entry.event, entry.atMs);
    else if (entry.kind === 'released') this.#mark(entry.event, { released: true });
    else if (entry.kind === 'parked') this.#move(entry.event, entry.status);
    else if (entry.kind === 'operator' && entry.act === 'discard') this.#mark(entry.of, { givenUp: true });
    else if (entry.kind === 'operator' && entry.act === 'erase') {
      for (const open of this.#of(this.#people.recordOfSubject(entry.of)).values()) open.givenUp = true;
    } else if (entry.kind === 'told' && /^event (delivered|skipped)/.test(entry.text)) {
      const open = this.#ofEvent(entry.event ?? '');
      // Of two runs at once, one may deliver what the other parks: that one is parked.
      if (open.get(entry.event ?? '')?.released) open.delete(entry.event ?? '');
    }
  }

  /**
   * What must be delivered before an event: whatever joined before it; all, where it has no place itself. Itself, where
   * it was not released.
   */
  blockerOf(event: string, beforeMs: number): string | undefined {
    for (const [other, { sinceMs, released, givenUp }] of this.#ofEvent(event)) {
      if (other === event) return released || givenUp || sinceMs >= beforeMs ? undefined : other;
      if (!givenUp && sinceMs < beforeMs) return other;
    }
    return undefined;
  }

  #park(event: string, atMs: number): void {
    const open = this.#ofEvent(event);
    if (!open.has(event) && !this.#ended.has(event))
      open.set(event, { sinceMs: atMs, released: false, givenUp: false });
  }

  #move(event: string, status: Parameters<typeof isSettled>[0]): void {
    if (status === 'discarded' || status === 'erased') this.#ended.add(event);
    if (isSettled(status)) this.#ofEvent(event).delete(event);
    else if (status !== 'releasing') this.#mark(event, { released: false });
  }

  #mark(event: string, mark: Partial<OpenEvent>): void {
    Object.assign(this.#ofEvent(event).get(event) ?? {}, mark);
  }

  #ofEvent(event: string): Map<string, OpenEvent> {
    return this.#of(this.#people.recordOf(event));
  }

  #of(record: number): Map<string, OpenEvent> {
    const known = this.#records.get(record) ?? new Map<string, OpenEvent>();
    this.#records.set(record, known);
    return known;
  }
}
