import * as v from 'valibot';
import type { Message } from '../../../../functions/contract/message.ts';
import { defineObject } from '../../../../functions/contract/object-type.ts';
import { defineFlow, type Flow } from '../../../../functions/specification/flow.ts';
import { asIs, defineMapping, field } from '../../../../functions/specification/mapping.ts';

const person = defineObject({ system: 'crm', object: 'person', fields: { name: 'text', bill_id: 'text' } });
const payer = defineObject({ system: 'billing', object: 'payer', fields: { title: 'text', crm_id: 'text' } });

/** A flow from people to payers. Whoever is called `unmappable` can't be mapped. */
export const peopleToPayers: Flow = defineFlow({
  name: 'people-to-payers',
  source: { system: 'crm', events: ['person.updated'], schema: v.object({ id: v.string() }), key: ({ id }) => id },
  mapping: defineMapping({
    name: 'person-payer',
    left: person,
    right: payer,
    link: { left: 'bill_id', right: 'crm_id' },
    fields: [field({ left: 'name', right: 'title', toRight: throwOnUnmappable, toLeft: asIs, personal: true })],
  }),
  direction: 'right',
  operation: 'upsert',
});

function throwOnUnmappable(name: string): string {
  if (name.startsWith('unmappable')) throw new RangeError(`can't map ${name}`);
  return name;
}

let events = 0;

/** A valid message; name what matters. */
export function aMessage(differs: Partial<Message> = {}): Message {
  events += 1;
  return {
    specversion: '1.0',
    id: `evt_${events}`,
    source: '/test/crm',
    type: 'person.updated',
    subject: 'p1',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { id: 'p1' },
    schemaversion: 1,
    correlationid: `corr-${events}`,
    receivedtime: new Date().toISOString(),
    ...differs,
  };
}
