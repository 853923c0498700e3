import { readGithubEvent } from '../../../functions/connectors/github/webhook.ts';
import { github } from '../../../functions/signatures/github.ts';
import { defineSystem } from '../../../functions/specification/system.ts';

/** Where the code is; it only sends. */
export default defineSystem({
  name: 'github',
  webhook: { scheme: github(), reader: readGithubEvent },
});
