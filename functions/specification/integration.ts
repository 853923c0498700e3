import type { Flow } from './flow.ts';
import type { Mapping } from './mapping.ts';
import type { PolicyOverrides } from './policies.ts';
import type { System } from './system.ts';

/**
 * Everything Millrace knows about one integration. The stacks, what the functions do, the alarms and the documents
 * are derived from it.
 */
export interface Integration {
  /** Its folder's name, and the first part of webhook paths. */
  readonly name: string;
  readonly systems: Readonly<Record<string, System>>;
  readonly mappings: Readonly<Record<string, Mapping>>;
  readonly flows: Readonly<Record<string, Flow>>;
  readonly policies: PolicyOverrides;
}

/** Each under its own name: a key that isn't the name of what it holds doesn't compile. */
type Named<Things> = { readonly [Key in keyof Things]: { readonly name: Key } };

interface Definition<
  Systems extends Readonly<Record<string, System>>,
  Flows extends Readonly<Record<string, Flow & { source: { system: keyof Systems & string } }>>,
> {
  readonly name: string;
  readonly systems: Systems & Named<Systems>;
  readonly mappings: Readonly<Record<string, Mapping>>;
  readonly flows: Flows & Named<Flows>;
  /** What differs from the defaults for all flows; a flow may differ again. */
  readonly policies?: PolicyOverrides;
}

/**
 * Declares an integration; a flow or system under a name that isn't its own, or a flow whose source isn't one of the
 * systems, doesn't compile. Synth validates the rest.
 */
export function defineIntegration<
  const Systems extends Readonly<Record<string, System>>,
  const Flows extends Readonly<Record<string, Flow & { source: { system: keyof Systems & string } }>>,
>(definition: Definition<Systems, Flows>): Integration {
  return { policies: {}, ...definition };
}

/** The flows that the events of one system may wake, in the order they are declared. */
export function flowsFrom(integration: Integration, system: string): Flow[] {
  return Object.values(integration.flows).filter((flow) => flow.source.system === system);
}

/** The systems that can be called, and so can fail: all but those that only send events. */
export function callableSystems({ systems }: Integration): System[] {
  return Object.values(systems).filter((system) => system.connector !== undefined);
}
