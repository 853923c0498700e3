import * as v from 'valibot';
import type { CallSubject } from '../faults.ts';
import type { SimulatedRequest, SimulatedResponse } from '../http-server.ts';
import { pathSegments } from '../path-segments.ts';
import type { Deliveries } from './deliveries.ts';
import { GithubApiError } from './errors.ts';
import { pushEvent } from './push-event.ts';
import { NO_COMMIT, type Push, type Repositories } from './repository.ts';

/** What the routes work on. */
export interface Github {
  repositories: Repositories;
  deliveries: Deliveries;
  now: () => number;
}

/** By which a fault can hit one kind of call: on references, and on the hook's deliveries. */
export const GITHUB_OPERATIONS = ['create', 'read', 'update', 'delete', 'deliveries'] as const;

const sha = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'sha must be forty hex digits'));
const ref = v.pipe(v.string(), v.regex(/^refs\/(heads|tags)\/\S+$/, 'ref must begin with refs/heads/ or refs/tags/'));
const createSchema = v.pipe(v.string(), v.parseJson(), v.object({ ref, sha }));
const updateSchema = v.pipe(v.string(), v.parseJson(), v.object({ sha, force: v.optional(v.boolean(), false) }));

/** What a call is about: its repository. */
export function subjectOf({ method, path }: Pick<SimulatedRequest, 'method' | 'path'>): CallSubject {
  const [root, owner, name, area] = pathSegments(path);
  if (root !== 'repos') return { operation: undefined, records: [] };
  const verbs: Readonly<Record<string, string>> = { GET: 'read', POST: 'create', PATCH: 'update', DELETE: 'delete' };
  return { operation: area === 'hooks' ? 'deliveries' : verbs[method], records: [`${owner}/${name}`] };
}

/**
 * Does what a call is for, as https://docs.github.com/en/rest/git/refs and .../rest/repos/webhooks have it. Every change of
 * a reference is a push. Nobody signs in: what is simulated is the sender.
 */
export async function operate(
  github: Github,
  { method, path, body, takeTime }: SimulatedRequest,
): Promise<SimulatedResponse> {
  const [root, owner = '', name = '', area = '', kind = '', ...rest] = pathSegments(path);
  if (root !== 'repos') throw new GithubApiError(404, 'Not Found');
  const repository = github.repositories.named(owner, name);
  await takeTime();
  const atSeconds = Math.floor(github.now() / 1000);
  const push = (change: Push, status: number): SimulatedResponse => {
    github.deliveries.send('push', pushEvent(change));
    return status === 204 ? { status } : { status, body: reference(change.ref, change.after) };
  };
  const named = `refs/${rest.join('/')}`;
  const known = repository.get(named);
  switch (`${method} ${area}/${kind}`) {
    case 'POST git/refs': {
      const { ref: asked, sha: after } = parse(createSchema, body);
      if (repository.get(asked) !== undefined) throw new GithubApiError(422, 'Reference already exists');
      return push(repository.change(asked, after, false, atSeconds), 201);
    }
    case 'GET git/ref':
      if (known === undefined) throw new GithubApiError(404, 'Not Found');
      return { status: 200, body: reference(named, known) };
    case 'PATCH git/refs': {
      const { sha: after, force } = parse(updateSchema, body);
      if (known === undefined) throw new GithubApiError(422, 'Reference does not exist');
      return push(repository.change(named, after, force, atSeconds), 200);
    }
    case 'DELETE git/refs':
      if (known === undefined) throw new GithubApiError(422, 'Reference does not exist');
      return push(repository.change(named, NO_COMMIT, false, atSeconds), 204);
    case 'GET hooks/1':
      return { status: 200, body: github.deliveries.list() };
    case 'POST hooks/1':
      github.deliveries.again(Number(rest[1]));
      return { status: 202, body: {} };
    default:
      throw new GithubApiError(404, 'Not Found');
  }
}

function reference(name: string, commit: string) {
  return { ref: name, object: { type: 'commit', sha: commit } };
}

function parse<Schema extends v.GenericSchema>(schema: Schema, body: string): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  throw new GithubApiError(422, parsed.issues[0].message);
}
