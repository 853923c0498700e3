import { defineSystem } from '../../../functions/specification/system.ts';

/** A GraphQL API that keeps what was pushed. */
export default defineSystem({
  name: 'catalog',
  connector: 'graphql',
  graphql: {
    auth: 'bearer',
    operations: {
      push: {
        write: `mutation ($key: String!, $input: RecordInput!) {
          appendRecord(key: $key, input: $input) { id }
        }`,
      },
    },
  },
});
