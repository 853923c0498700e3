import { defineFlow } from '../../../functions/specification/flow.ts';
import { pushInCatalog } from '../mappings/pushes.ts';
import { pushes } from '../push-event.ts';

/** Adds every push to the catalog. */
export default defineFlow({
  name: 'push-to-catalog',
  source: pushes,
  payload: 'event',
  mapping: pushInCatalog,
  direction: 'right',
  operation: 'append',
});
