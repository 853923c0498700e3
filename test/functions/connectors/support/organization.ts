import type { CallContext, Connector, ConnectorServices } from '../../../../functions/connectors/connector.ts';
import type { Outcome } from '../../../../functions/engine/outcome.ts';
import { aCall, anAccountWrite, salesforceAt, simulatedSalesforce } from './systems.ts';

export const field = 'Stripe_Customer_Id__c';
export const collection = `PATCH /composite/sobjects/Account/${field}`;

/** A simulated Salesforce, and a connector that tells what its guard was told. */
export async function anOrganization(differs: Partial<ConnectorServices> = {}) {
  const organization = await simulatedSalesforce();
  const told: { operation: string; key: string; kind: string; told: boolean }[] = [];
  const guard: ConnectorServices['guard'] = async (operation, key, make) => {
    const outcome = await make();
    told.push({ operation, key, kind: outcome.kind, told: outcome.told === true });
    return outcome;
  };
  const connector = salesforceAt(organization.credentials, { guard, ...differs });
  const before = (await organization.calls()).length;
  /** The calls since, without their version. */
  const made = async () =>
    (await organization.calls())
      .slice(before)
      .filter(({ path }) => !path.includes('/query') && !path.includes('/oauth2/'))
      .map(({ method, path }) => `${method} ${path.replace('/services/data/v66.0', '')}`);
  /** The next call takes so long that whoever comes meanwhile gathers. */
  const first = () => organization.fault({ fault: 'slow', ms: 80, times: 1 });
  const accounts = async () => {
    const { records } = await organization.look(`/query?q=SELECT+Id,Name,${field}+FROM+Account+ORDER+BY+Name`);
    return records as { Id: string; Name: string; [field]: string | null }[];
  };
  /** People make accounts No. 0, No. 1, ...; linked ones have a customer. */
  const someAccounts = async (count: number, isLinked: boolean) => {
    const fields = (n: number) => ({ Name: `No. ${n}`, ...(isLinked && { [field]: `cus_${n}` }) });
    const records = Array.from({ length: count }, (_, n) => ({ attributes: { type: 'Account' }, ...fields(n) }));
    await organization.look('/composite/sobjects', { method: 'POST', body: JSON.stringify({ records }) });
    return (await accounts()).map(({ Id }) => Id);
  };
  return { ...organization, connector, told, before, made, first, accounts, someAccounts };
}

export const ofEvent = (n: number, differs: Partial<CallContext> = {}) =>
  aCall(5_000, { key: `cus_${n}`, correlationId: `corr-${n}`, ...differs });
export const upsertOf = (n: number, fields: object = {}) =>
  anAccountWrite({ link: { field, value: `cus_${n}` }, fields: { Name: `No. ${n}`, ...fields } });

/** So many events' writes at once. */
export const writeAll = (connector: Connector, count: number, write = upsertOf) =>
  Promise.all(Array.from({ length: count }, (_, n) => connector.write(write(n), ofEvent(n))));
export const kindsOf = (outcomes: readonly Outcome<unknown>[]) => outcomes.map(({ kind }) => kind);
