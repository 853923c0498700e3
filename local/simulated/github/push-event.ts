import { NO_COMMIT, type Push } from './repository.ts';

/** Who makes every change here. */
const PUSHER = { name: 'mona', email: 'mona@users.noreply.github.test' };

/** The body of a push event: what https://docs.github.com/en/webhooks/webhook-events-and-payloads#push lists. */
export function pushEvent({ repository, ref, before, after, forced, pushedAtSeconds }: Push): Record<string, unknown> {
  const { id, fullName } = repository;
  const [owner = '', name = ''] = fullName.split('/');
  const url = `https://github.com/${fullName}`;
  const deleted = after === NO_COMMIT;
  const commit = {
    id: after,
    distinct: true,
    message: `Change ${ref}`,
    timestamp: new Date(pushedAtSeconds * 1000).toISOString(),
    url: `${url}/commit/${after}`,
    author: PUSHER,
    committer: PUSHER,
  };
  return {
    ref,
    before,
    after,
    repository: {
      id,
      name,
      full_name: fullName,
      private: false,
      owner: { login: owner, name: owner },
      html_url: url,
      pushed_at: pushedAtSeconds,
      default_branch: 'main',
    },
    pusher: PUSHER,
    sender: { login: PUSHER.name, id: 583_231, type: 'User' },
    created: before === NO_COMMIT,
    deleted,
    forced,
    base_ref: null,
    compare: `${url}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: deleted ? [] : [commit],
    head_commit: deleted ? null : commit,
  };
}
