import type { HttpRequest, HttpResponse } from '../../../functions/connectors/connector.ts';
import { createHttp } from '../../../functions/connectors/http/client.ts';
import { startSimulatedSalesforce } from '../../../local/simulated/salesforce/server.ts';
import { startSimulatedStripe } from '../../../local/simulated/stripe/server.ts';
import { SalesforceModel } from '../../simulation/systems/salesforce.ts';
import { StripeModel } from '../../simulation/systems/stripe.ts';
import type { Refusal, SystemModel, SystemName } from '../../simulation/systems/system.ts';
import type { SystemPort } from './play.ts';

const hourMs = 60 * 60_000;
const startMs = Date.parse('2026-11-20T08:00:00.000Z');
const unobserved = { applied: () => {}, created: () => {} };

/** The model that the simulation runs on. */
export function modelPort(system: SystemName): SystemPort {
  let nowMs = startMs;
  let made = 0;
  const model: SystemModel =
    system === 'stripe' ? new StripeModel(unobserved, () => nowMs) : new SalesforceModel(unobserved);
  const authorization = 'Bearer right';
  return {
    url: `https://${model.host}`,
    authorization,
    // As the simulation's network does.
    async send(request, refused, ofRecord) {
      if (refused !== undefined && ofRecord === undefined) return model.refuse(refused, request, false);
      if (request.headers.authorization !== authorization) return model.refuse('not-authenticated', request, false);
      if (ofRecord === undefined) return model.serve(request);
      const { records }: { records: object[] } = JSON.parse(request.body ?? '');
      const isMeant = (record: object) => Object.values(record).includes(ofRecord);
      return model.serve(
        request,
        records.map((record) => (isMeant(record) ? refused : undefined)),
      );
    },
    async make(fields) {
      made += 1;
      const id = system === 'stripe' ? `cus_src${made}` : `001SRC${String(made).padStart(9, '0')}AAA`;
      model.put(id, fields);
      return id;
    },
    remove: async (id) => model.remove(id),
    wait(hours) {
      nowMs += hours * hourMs;
    },
  };
}

/** How the simulated systems are told to refuse; the others they do by themselves, or not at all. */
const faults: Partial<Record<Refusal, string>> = {
  unavailable: 'down',
  'too-many': 'throttle',
  locked: 'row-lock',
  'no-such-field': 'no-such-field',
};

/** The simulated system that `npm start` connects, on a free port of this machine. */
export async function simulatedPort(system: SystemName): Promise<SystemPort & { stop(): Promise<void> }> {
  let nowMs = startMs;
  const now = () => nowMs;
  const http = createHttp();
  const apiKey = 'sk_test_models';
  const client = { clientId: 'models', clientSecret: 'secret' };
  const isStripe = system === 'stripe';
  const { url, stop } = await (isStripe
    ? startSimulatedStripe({ apiKey, now })
    : startSimulatedSalesforce({ ...client, now }));
  const answerTo = async (request: Omit<HttpRequest, 'timeoutMs'>): Promise<HttpResponse> => {
    const answer = await http({ ...request, timeoutMs: 5_000 });
    if (answer.kind === 'no-response') throw new Error(`The simulated ${system} did not answer: ${answer.code}.`);
    return answer;
  };
  const authorization = `Bearer ${isStripe ? apiKey : await signIn(answerTo, url, client)}`;
  const records = isStripe ? '/v1/customers' : '/services/data/v66.0/sobjects/Account';
  return {
    url,
    authorization,
    async send(request, refused, ofRecord) {
      if (refused !== undefined) await refuseNext(answerTo, url, refused, ofRecord);
      return answerTo(request);
    },
    async make(fields) {
      const contentType = isStripe ? 'application/x-www-form-urlencoded' : 'application/json';
      const body = isStripe ? new URLSearchParams(fields).toString() : JSON.stringify(fields);
      const headers = { authorization, 'content-type': contentType };
      const { body: made } = await answerTo({ method: 'POST', url: url + records, headers, body });
      return JSON.parse(made).id;
    },
    async remove(id) {
      const { status } = await fetch(`${url}${records}/${id}`, { method: 'DELETE', headers: { authorization } });
      if (status >= 300) throw new Error(`The simulated ${system} refused to delete ${id}: ${status}.`);
    },
    wait(hours) {
      nowMs += hours * hourMs;
    },
    stop,
  };
}

type Send = (request: Omit<HttpRequest, 'timeoutMs'>) => Promise<HttpResponse>;

async function refuseNext(send: Send, url: string, refusal: Refusal, record: string | undefined): Promise<void> {
  const fault = faults[refusal];
  if (fault === undefined) throw new Error(`No simulated system can be told to refuse a call as '${refusal}'.`);
  const body = JSON.stringify({ fault, record, times: 1 });
  const { status } = await send({ method: 'POST', url: `${url}/_faults`, headers: {}, body });
  if (status !== 201) throw new Error(`The fault '${fault}' was not taken: ${status}.`);
}

async function signIn(send: Send, url: string, client: { clientId: string; clientSecret: string }): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  const answer = await send({ method: 'POST', url: `${url}/services/oauth2/token`, headers, body });
  return JSON.parse(answer.body).access_token;
}
