import { defineObject } from '../../contract/object-type.ts';

/** What GitHub's events tell, as mappings see it. */
export const github = {
  /** A push to a branch or tag; of its commits only the last. */
  push: defineObject({
    system: 'github',
    object: 'push',
    fields: {
      repository: 'text',
      ref: 'text',
      /** The commit that the branch was at before, and is at now; forty zeros where it was made or deleted. */
      before: 'text',
      after: 'text',
      created: 'boolean',
      deleted: 'boolean',
      forced: 'boolean',
      compare: 'text',
      pusher: 'text',
    },
  }),
};
