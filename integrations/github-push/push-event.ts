import * as v from 'valibot';
import { branchKey } from '../../functions/connectors/github/branch-key.ts';

const commit = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/));

const schema = v.object({
  ref: v.pipe(v.string(), v.startsWith('refs/')),
  before: commit,
  after: commit,
  created: v.boolean(),
  deleted: v.boolean(),
  forced: v.boolean(),
  compare: v.string(),
  repository: v.object({ full_name: v.pipe(v.string(), v.nonEmpty()) }),
  pusher: v.object({ name: v.string() }),
});

type PushEvent = v.InferOutput<typeof schema>;

/**
 * GitHub's pushes. Pushes to one branch are delivered in the order in which they came: GitHub numbers none, and its times
 * are those of commits, or of whatever was pushed last anywhere in the repository.
 */
export const pushes = {
  system: 'github',
  events: ['push'],
  schema,
  key: ({ repository, ref }: PushEvent) => branchKey(repository.full_name, ref),
  fields: ({ repository, pusher, ...push }: PushEvent) => ({
    ...push,
    repository: repository.full_name,
    pusher: pusher.name,
  }),
} as const;
