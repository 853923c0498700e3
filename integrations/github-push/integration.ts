import { defineIntegration } from '../../functions/specification/integration.ts';
import pushToCatalog from './flows/push-to-catalog.ts';
import pushToEndpoint from './flows/push-to-endpoint.ts';
import { pushAtEndpoint, pushInCatalog } from './mappings/pushes.ts';
import catalog from './systems/catalog.ts';
import endpoint from './systems/endpoint.ts';
import github from './systems/github.ts';

/** GitHub's pushes, told to a plain HTTP endpoint and to a GraphQL API: one way, and nothing is read back. */
export default defineIntegration({
  name: 'github-push',
  systems: { github, endpoint, catalog },
  mappings: { 'push-at-endpoint': pushAtEndpoint, 'push-in-catalog': pushInCatalog },
  flows: { 'push-to-endpoint': pushToEndpoint, 'push-to-catalog': pushToCatalog },
});
