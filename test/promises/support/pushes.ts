import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, inject } from 'vitest';
import { postSigned } from '../../support/post-signed.ts';
import { request } from '../../support/request.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Where GitHub posts, as `postSigned` names it. */
const source = 'github-push/github';

/** What the destinations keep of a push. */
export interface Notice {
  readonly id: string;
  readonly repository: string;
  readonly ref: string;
  readonly from: string;
  readonly to: string;
  readonly forced: boolean;
  readonly pushedBy: string;
}

const systems = () => inject('pipeline').systems;

afterAll(async () => {
  await Promise.all(
    [systems().endpoint, systems().graphql].map(({ url }) => request(`${url}/_faults`, { method: 'DELETE' })),
  );
});

/** Makes a simulated destination fail; the faults end with the file. */
export async function failAt(system: 'endpoint' | 'graphql', fault: object): Promise<void> {
  const { status, body } = await request(`${systems()[system].url}/_faults`, { body: JSON.stringify(fault) });
  if (status !== 201) throw new Error(`The fault was refused: ${body}`);
}

/** Ends what makes it fail. */
export async function mend(system: 'endpoint' | 'graphql'): Promise<void> {
  await request(`${systems()[system].url}/_faults`, { method: 'DELETE' });
}

/** A commit that no other test has. */
export const aCommit = () => randomBytes(20).toString('hex');

/** A branch that no other test has. */
export const aBranch = () => ({ repository: 'octo/mill', ref: `refs/heads/${randomUUID()}` });

type Branch = ReturnType<typeof aBranch>;

/** Sets a branch in the simulated GitHub, and waits until its webhook was taken: the next one comes after it. */
export async function push({ repository, ref }: Branch, sha: string, isNew = true): Promise<void> {
  const repo = `${systems().github.url}/repos/${repository}/git`;
  const { status, body } = isNew
    ? await request(`${repo}/refs`, { body: JSON.stringify({ ref, sha }) })
    : await request(`${repo}/${ref}`, { method: 'PATCH', body: JSON.stringify({ sha }) });
  if (status >= 300) throw new Error(`The push was refused: ${body}`);
  const deliveries = async () =>
    JSON.parse((await request(`${systems().github.url}/repos/${repository}/hooks/1/deliveries`)).body);
  await waitFor(async () => (await deliveries())[0].delivered === true, { what: 'the webhook is taken' });
}

/** A real push event of GitHub, to another branch and by somebody else. */
export function pushEvent({ repository, ref }: Branch, after: string, pusher = 'mona'): Record<string, unknown> {
  const file = new URL('../../fixtures/payloads/github.push.branch.json', import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  return {
    ...event,
    ref,
    after,
    repository: { ...event.repository, full_name: repository },
    pusher: { ...event.pusher, name: pusher },
  };
}

interface Posting {
  readonly event?: string;
  /** @default a new one */
  readonly delivery?: string;
  /** @default the one that GitHub has */
  readonly secret?: string;
}

/** Posts an event as GitHub does; resolves to the answer's status. */
export async function postAsGithub(body: object, { event = 'push', delivery = randomUUID(), secret }: Posting = {}) {
  const headers = { 'x-github-event': event, 'x-github-delivery': delivery };
  const { status } = await postSigned(source, body, { headers, ...(secret !== undefined && { secret }) });
  return status;
}

/** What the endpoint was told of a branch, in the order in which it came. */
export async function noticesAt(system: 'endpoint' | 'graphql', { ref }: Branch): Promise<Notice[]> {
  const all = system === 'endpoint' ? await entriesOfEndpoint() : await recordsOfCatalog();
  return all.filter((notice) => notice.ref === ref);
}

/** Waits until it was told so often. */
export function notices(
  system: 'endpoint' | 'graphql',
  branch: Branch,
  count = 1,
  timeoutMs?: number,
): Promise<Notice[]> {
  const look = async () => {
    const found = await noticesAt(system, branch);
    return found.length >= count && found;
  };
  return waitFor(look, { what: `${count} pushes to ${branch.ref} at the ${system}`, ...(timeoutMs && { timeoutMs }) });
}

async function entriesOfEndpoint(): Promise<Notice[]> {
  const { url, tokenFile } = systems().endpoint;
  const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8')}` };
  return JSON.parse((await request(`${url}/pushes`, { headers })).body).data;
}

async function recordsOfCatalog(): Promise<Notice[]> {
  const { url, tokenFile } = systems().graphql;
  const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8')}`, 'content-type': 'application/json' };
  const query = 'query { records { id repository ref from to forced pushedBy } }';
  return JSON.parse((await request(url, { headers, body: JSON.stringify({ query }) })).body).data.records;
}
