import { github } from '../../../functions/connectors/github/objects.ts';
import { asIs, defineMapping, field } from '../../../functions/specification/mapping.ts';

/** What is told of a push, by the names that both destinations know; the two commits say what came before what. */
const told = {
  object: 'push',
  fields: { repository: 'text', ref: 'text', from: 'text', to: 'text', forced: 'boolean', pushedBy: 'text' },
} as const;

const fields = [
  field({ left: 'repository', right: 'repository', toRight: asIs }),
  field({ left: 'ref', right: 'ref', toRight: asIs }),
  field({ left: 'before', right: 'from', toRight: asIs }),
  field({ left: 'after', right: 'to', toRight: asIs }),
  field({ left: 'forced', right: 'forced', toRight: asIs<boolean> }),
  field({ left: 'pusher', right: 'pushedBy', toRight: asIs, personal: true }),
];

/** A push, as the endpoint is told of it. */
export const pushAtEndpoint = defineMapping({
  name: 'push-at-endpoint',
  left: github.push,
  right: { system: 'endpoint', ...told },
  fields,
});

/** A push, as the catalog keeps it. */
export const pushInCatalog = defineMapping({
  name: 'push-in-catalog',
  left: github.push,
  right: { system: 'catalog', ...told },
  fields,
});
