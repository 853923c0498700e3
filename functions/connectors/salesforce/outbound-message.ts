import type { IncomingEvent, Unreadable, WebhookReader } from '../../contract/webhook-reader.ts';
import { recordId18 } from './record-id.ts';
import { readXml, type XmlElement } from './strict-xml.ts';

const form = {
  namespaces: {
    'http://schemas.xmlsoap.org/soap/envelope/': 's',
    'http://soap.sforce.com/2005/09/outbound': 'o',
    'urn:sobject.enterprise.soap.sforce.com': 'sf',
  },
  // A field of a record is the sixth; no field has fields of its own.
  maxDepth: 8,
} as const;

const notifications = 's:Envelope/s:Body/o:notifications';

/** Salesforce sends at most so many at once. */
const mostNotifications = 100;

/** What is told of one record, as far as it was found. */
interface Notification {
  id?: string;
  object?: string;
  recordId?: string;
  systemModstamp?: string;
}

/**
 * Reads an Outbound Message: one event for each notification, of the type `Account.CHANGED`. It doesn't say whether the
 * record is new, and its fields are those of the time of sending, so they are left out, as is the session id: flows
 * re-read the record. The event's data has the form of the Apex callout's: `{ id, organizationId, object, changeType,
 * recordId, systemModstamp }`.
 */
export const readOutboundMessage: WebhookReader = (body) => {
  const organizations: { readonly path: string; readonly text: string }[] = [];
  const found: Notification[] = [];
  let current: Notification = {};
  const refused = readXml(body, form, (element) => {
    // Wherever it stands: the scheme found one by its name alone.
    if (/[/:]OrganizationId$/.test(element.path)) organizations.push(element);
    if (element.path === `${notifications}/o:Notification`) {
      found.push(current);
      current = {};
    } else note(element, current);
  });
  if (refused !== undefined) return { unreadable: refused };
  const [organization, ...others] = organizations;
  if (organization?.path !== `${notifications}/o:OrganizationId` || others.length > 0) {
    return { unreadable: 'no message of one organisation' };
  }
  if (found.length === 0) return { unreadable: 'no notification in it' };
  if (found.length > mostNotifications) return { unreadable: `more than ${mostNotifications} notifications in it` };
  return found.map((notification) => toEvent(notification, organization.text));
};

/** Keeps what the element tells of the notification that it is in. */
function note({ path, text, attribute }: XmlElement, current: Notification): void {
  const record = `${notifications}/o:Notification/o:sObject`;
  if (path === `${notifications}/o:Notification/o:Id`) current.id = text;
  else if (path === record) current.object = /^\w+:(\w+)$/.exec(attribute('xsi:type') ?? '')?.[1];
  else if (path === `${record}/sf:Id`) current.recordId = text;
  else if (path === `${record}/sf:SystemModstamp`) current.systemModstamp = text;
}

function toEvent(notification: Notification, organizationId: string): IncomingEvent | Unreadable {
  const { id, object, recordId, systemModstamp } = notification;
  if (id === undefined || !/^[0-9A-Za-z]{15,18}$/.test(id)) return { unreadable: 'a notification without its id' };
  if (object === undefined || !recordId) return { unreadable: 'a notification without its record' };
  const modified = Date.parse(systemModstamp ?? '');
  return {
    id,
    type: `${object}.CHANGED`,
    time: Number.isNaN(modified) ? undefined : new Date(modified).toISOString(),
    subject: recordId18(recordId),
    // It does not say who made the change: a Flow in the org leaves out those of our user.
    echo: false,
    data: { id, organizationId, object, changeType: 'CHANGED', recordId, systemModstamp },
  };
}
