import { onTestFinished } from 'vitest';
import type { ConnectorServices, CredentialSource, RecordWrite } from '../../../../functions/connectors/connector.ts';
import {
  connect as connectGraphql,
  type GraphqlConnectorOptions,
} from '../../../../functions/connectors/graphql/connector.ts';
import { connect as connectRest, type RestConnectorOptions } from '../../../../functions/connectors/rest/connector.ts';
import { defineObject } from '../../../../functions/contract/object-type.ts';
import { startSimulatedEndpoint } from '../../../../local/simulated/endpoint/server.ts';
import { startSimulatedGraphql } from '../../../../local/simulated/graphql/server.ts';
import { connected, HeldCredentials } from './systems.ts';

export const token = 'endpoint-token';

export const order = defineObject({
  system: 'warehouse',
  object: 'order',
  fields: { total: 'text', paid: 'boolean', 'address.city': 'text' },
});

export const rest: RestConnectorOptions = {
  name: 'warehouse',
  auth: 'bearer',
  routes: { order: { read: 'GET /orders/{id}', write: 'PUT /orders/{id}' } },
  probe: 'GET /health',
};

export const graphql: GraphqlConnectorOptions = {
  name: 'catalog',
  auth: 'bearer',
  operations: {
    order: {
      read: 'query ($id: ID!) { record(id: $id) { id total paid address { city } } }',
      write: 'mutation ($id: ID!, $input: RecordInput!) { putRecord(id: $id, input: $input) { id } }',
    },
  },
};

/** The same system, with another way to write an order. */
export const restWriting = (write: `${'PUT' | 'PATCH' | 'POST'} /${string}`): RestConnectorOptions => ({
  ...rest,
  routes: { order: { ...rest.routes.order, write } },
});
export const graphqlWriting = (write: string): GraphqlConnectorOptions => ({
  ...graphql,
  operations: { order: { ...graphql.operations.order, write } },
});
export const appending = graphqlWriting(
  'mutation ($key: String!, $input: RecordInput!) { appendRecord(key: $key, input: $input) { id } }',
);

export const secretOf = (url: string, signedIn: object = { token }) => JSON.stringify({ url, ...signedIn });

type Differs = Partial<ConnectorServices>;

/** A connector that may call this machine, as in the local stage. */
export function restAt(credentials: CredentialSource | string, options = rest, differs: Differs = {}) {
  return connected(connectRest(options), '', held(credentials), { allowPrivateAddresses: true, ...differs });
}

export function graphqlAt(credentials: CredentialSource | string, options = graphql, differs: Differs = {}) {
  return connected(connectGraphql(options), '', held(credentials), { allowPrivateAddresses: true, ...differs });
}

const held = (credentials: CredentialSource | string) =>
  typeof credentials === 'string' ? new HeldCredentials(secretOf(credentials)) : credentials;

/** A write of an order that is the same on both sides. */
export const anOrder = (differs: Partial<RecordWrite> = {}): RecordWrite => ({
  object: order,
  id: undefined,
  link: { field: undefined, value: 'ord_1' },
  eventKey: 'event-1',
  fields: { total: '12.50' },
  ...differs,
});

/** The simulated endpoint, and a way to look at it from outside. */
export async function simulatedEndpoint() {
  const system = await startSimulatedEndpoint({ token });
  onTestFinished(system.stop);
  const call = async (path: string, method = 'GET', body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(system.url + path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, headers: answer.headers, body: parse(await answer.text()) };
  };
  return { url: system.url, call, fault: faultAt(system.url) };
}

/** The simulated GraphQL API, and a way to look at it from outside. */
export async function simulatedGraphql() {
  const system = await startSimulatedGraphql({ token });
  onTestFinished(system.stop);
  const ask = async (query: string, variables: object = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(system.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return { status: answer.status, body: parse(await answer.text()) };
  };
  return { url: system.url, ask, fault: faultAt(system.url) };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at answers of any form.
const parse = (text: string): any => (text === '' ? undefined : JSON.parse(text));

const faultAt = (url: string) => async (fault: object) => {
  const answer = await fetch(`${url}/_faults`, { method: 'POST', body: JSON.stringify(fault) });
  if (answer.status !== 201) throw new Error(await answer.text());
};
