import { defineFlow } from '../../../functions/specification/flow.ts';
import { pushAtEndpoint } from '../mappings/pushes.ts';
import { pushes } from '../push-event.ts';

/** Tells the endpoint of every push. */
export default defineFlow({
  name: 'push-to-endpoint',
  source: pushes,
  payload: 'event',
  mapping: pushAtEndpoint,
  direction: 'right',
  operation: 'append',
});
