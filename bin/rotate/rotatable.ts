import { type Integration, type Part, partsOf } from '../parts.ts';

/** A system that has secrets, and which of them can be replaced by a command. */
export interface RotatableSystem extends Part {
  /** Its credentials are used as they are; of others tokens are made. */
  readonly hasApiKey: boolean;
  /** The secret that signs its webhooks is ours to make. */
  readonly hasOwnSecret: boolean;
}

/** Every system that is called, and those that only send and sign by a secret of ours. */
export function systemsOf(integrations: readonly Integration[]): RotatableSystem[] {
  const called = new Set(partsOf(integrations).map(({ kind, integration, name }) => `${kind} ${integration}/${name}`));
  return integrations.flatMap(({ name: integration, systems }) =>
    Object.entries(systems).flatMap(([name, { auth, webhook }]): RotatableSystem[] => {
      const hasOwnSecret = webhook?.secretMadeBy === 'millrace';
      if (!hasOwnSecret && !called.has(`system ${integration}/${name}`)) return [];
      return [{ integration, kind: 'system', name, hasApiKey: auth === 'api-key', hasOwnSecret }];
    }),
  );
}
