import type {
  CallContext,
  Connect,
  Connector,
  ConnectorServices,
  RecordWrite,
  Written,
} from '../../../../functions/connectors/connector.ts';
import type { FieldValue } from '../../../../functions/contract/object-type.ts';
import { type Failure, type Outcome, success } from '../../../../functions/engine/outcome.ts';

type Operation = 'read' | 'write' | 'link' | 'probe';

/** One call, as the connector was asked. */
export interface Asked {
  readonly operation: Operation;
  readonly id: string;
  readonly atMs: number;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly write?: RecordWrite;
  readonly correlationId: string;
  readonly timeoutMs: number;
}

/** What happens to a call before it is carried out: a failure ends it, anything thrown is thrown. */
type Interceptor = (asked: Asked) => Failure | undefined | Promise<Failure | undefined>;

/** A system in memory, whose connectors write down what reached it. It outlives the containers that call it. */
export class FakeSystem {
  readonly asked: Asked[] = [];
  readonly records = new Map<string, Record<string, FieldValue>>();
  readonly #now: () => number;
  #interceptors: Interceptor[] = [];
  #created = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  intercept(interceptor: Interceptor): void {
    this.#interceptors.push(interceptor);
  }

  /** Fails calls of one operation, all or the next few, before they are carried out. */
  fail(operation: Operation, failure: Omit<Failure, 'operation'>, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    this.intercept((asked) => {
      if (asked.operation !== operation || left <= 0) return undefined;
      left -= 1;
      return { ...failure, operation: `fake.${operation}` };
    });
  }

  recover(): void {
    this.#interceptors = [];
  }

  /** The ids that were asked for by one operation, in order. */
  idsOf(operation: Operation): string[] {
    return this.asked.filter((asked) => asked.operation === operation).map(({ id }) => id);
  }

  /** A connector behind its container's guard, as every connector is. */
  readonly connect: Connect = ({ guard }: ConnectorServices): Connector => ({
    read: (_object, id, call) => guard('fake.read', call.key, () => this.#read(id, call)),
    write: (write, call) => guard('fake.write', call.key, () => this.#write(write, call)),
    link: (_object, id, field, otherId, call) =>
      guard('fake.link', call.key, () => this.#link(id, field, otherId, call)),
    probe: async (call) => (await this.#begin({ operation: 'probe', id: '', fields: {} }, call)) ?? success(undefined),
  });

  async #read(id: string, call: CallContext) {
    const refused = await this.#begin({ operation: 'read', id, fields: {} }, call);
    const fields = this.records.get(id);
    return refused ?? success(fields && { id, fields: { ...fields } });
  }

  async #write(write: RecordWrite, call: CallContext): Promise<Outcome<Written>> {
    const { link, fields } = write;
    const refused = await this.#begin({ operation: 'write', id: link.value, fields, write }, call);
    if (refused !== undefined) return refused;
    const linkField = link.field ?? 'link';
    const linked = [...this.records].find(([, record]) => record[linkField] === link.value)?.[0];
    const known = write.id ?? linked;
    const id = known ?? `new-${++this.#created}`;
    this.records.set(id, { ...this.records.get(id), ...fields, [linkField]: link.value });
    return success({ id, created: known === undefined });
  }

  async #link(id: string, field: string, otherId: string, call: CallContext): Promise<Outcome<void>> {
    const refused = await this.#begin({ operation: 'link', id, fields: { [field]: otherId } }, call);
    if (refused !== undefined) return refused;
    this.records.set(id, { ...this.records.get(id), [field]: otherId });
    return success(undefined);
  }

  async #begin(
    what: Pick<Asked, 'operation' | 'id' | 'fields' | 'write'>,
    call: CallContext,
  ): Promise<Failure | undefined> {
    const asked = { ...what, atMs: this.#now(), correlationId: call.correlationId, timeoutMs: call.timeoutMs() };
    this.asked.push(asked);
    for (const interceptor of this.#interceptors) {
      const failure = await interceptor(asked);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }
}
