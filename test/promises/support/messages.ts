import { randomUUID } from 'node:crypto';
import { integration } from './names.ts';
import { type FlowName, flows } from './queues.ts';

/** A webhook's body that tells of a change of a record, as its system sends it. */
export function anEvent(flow: FlowName, recordId: string) {
  if (flow === flows.fromStripe) {
    const object = { id: recordId, object: 'customer' };
    return { id: `evt_${randomUUID()}`, type: 'customer.updated', data: { object } };
  }
  const about = { organizationId: '00D000000000001AAA', object: 'Account', changeType: 'UPDATE', recordId };
  return { id: randomUUID(), ...about, origin: null };
}

/** What the receiver would queue of an event, for a test that does without it. */
export function aMessage(flow: FlowName, subject: string, event: { readonly id: string } = anEvent(flow, subject)) {
  const [system, type] = flow === flows.fromStripe ? ['stripe', 'customer.updated'] : ['salesforce', 'Account.UPDATE'];
  const now = new Date().toISOString();
  return {
    specversion: '1.0',
    id: event.id,
    source: `/${integration}/${system}`,
    type,
    subject,
    time: now,
    datacontenttype: 'application/json',
    data: event,
    schemaversion: 1,
    correlationid: randomUUID(),
    receivedtime: now,
  };
}
