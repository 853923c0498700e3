import { defineSystem } from '../../../functions/specification/system.ts';

/** A plain HTTP endpoint that takes events. */
export default defineSystem({
  name: 'endpoint',
  connector: 'rest',
  rest: {
    auth: 'bearer',
    routes: { push: { write: 'POST /pushes' } },
    probe: 'GET /health',
  },
});
