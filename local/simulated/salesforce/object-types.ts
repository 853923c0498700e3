import { noSuchColumn, notFound } from './errors.ts';

/** One field of an object type; a length is in characters. */
export interface Field {
  name: string;
  /** As errors call it. */
  label: string;
  kind: 'id' | 'text' | 'email' | 'account' | 'datetime' | 'boolean';
  length?: number;
  isRequired?: true;
  isReadOnly?: true;
  /** Unique, and compared with case; records can be addressed by it. */
  isExternalId?: true;
}

/** A table of the organisation. */
export interface ObjectType {
  name: string;
  /** The first three characters of its ids. */
  prefix: string;
  fields: readonly Field[];
}

const text = (name: string, length: number, label = name): Field => ({ name, label, kind: 'text', length });

const SYSTEM_FIELDS: readonly Field[] = [
  { name: 'Id', label: 'Record ID', kind: 'id', isReadOnly: true },
  { name: 'IsDeleted', label: 'Deleted', kind: 'boolean', isReadOnly: true },
  { name: 'CreatedDate', label: 'Created Date', kind: 'datetime', isReadOnly: true },
  { name: 'LastModifiedDate', label: 'Last Modified Date', kind: 'datetime', isReadOnly: true },
  { name: 'SystemModstamp', label: 'System Modstamp', kind: 'datetime', isReadOnly: true },
];

const STRIPE_CUSTOMER_ID: Field = {
  ...text('Stripe_Customer_Id__c', 255, 'Stripe Customer Id'),
  isExternalId: true,
};

const address = (kind: 'Billing' | 'Mailing'): Field[] => [
  text(`${kind}Street`, 255, `${kind} Street`),
  text(`${kind}City`, 40, `${kind} City`),
  text(`${kind}State`, 80, `${kind} State/Province`),
  text(`${kind}PostalCode`, 20, `${kind} Zip/Postal Code`),
  text(`${kind}Country`, 80, `${kind} Country`),
];

// Lengths: the object reference, in facts E. The custom fields are those that the shipped integration installs.
const OBJECT_TYPES: readonly ObjectType[] = [
  {
    name: 'Account',
    prefix: '001',
    fields: [
      ...SYSTEM_FIELDS,
      { ...text('Name', 255, 'Account Name'), isRequired: true },
      text('Phone', 40, 'Account Phone'),
      text('Website', 255),
      text('Description', 32_000, 'Account Description'),
      text('Type', 255, 'Account Type'),
      text('Industry', 255),
      ...address('Billing'),
      { ...text('Billing_Email__c', 80, 'Billing Email'), kind: 'email' },
      STRIPE_CUSTOMER_ID,
    ],
  },
  {
    name: 'Contact',
    prefix: '003',
    fields: [
      ...SYSTEM_FIELDS,
      text('FirstName', 40, 'First Name'),
      { ...text('LastName', 80, 'Last Name'), isRequired: true },
      { ...text('Email', 80), kind: 'email' },
      text('Phone', 40, 'Business Phone'),
      text('Title', 128),
      text('Description', 32_000, 'Contact Description'),
      { name: 'AccountId', label: 'Account ID', kind: 'account' },
      ...address('Mailing'),
      STRIPE_CUSTOMER_ID,
    ],
  },
];

/** Names are not case-sensitive in Salesforce. */
const isNamed = (name: string) => (item: { name: string }) => item.name.toLowerCase() === name.toLowerCase();

/** The object type of a name; undefined when the organisation has none. */
export const findObjectType = (name: string): ObjectType | undefined => OBJECT_TYPES.find(isNamed(name));

/** The object type that a path names. */
export function objectTypeOf(name: string): ObjectType {
  const type = findObjectType(name);
  if (!type) throw notFound();
  return type;
}

/** The field of a name; undefined when the type has none. */
export const findField = (type: ObjectType, name: string): Field | undefined => type.fields.find(isNamed(name));

/** The field that a body or a `fields=` names. */
export function fieldOf(type: ObjectType, name: string): Field {
  const field = findField(type, name);
  if (!field) throw noSuchColumn(name, type.name);
  return field;
}

/** The field by which a path addresses records. */
export function externalIdOf(type: ObjectType, name: string): Field {
  const field = findField(type, name);
  if (!field?.isExternalId) throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
  return field;
}
