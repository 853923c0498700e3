import { randomBytes } from 'node:crypto';

/**
 * Somebody's personal data. Whatever a test writes into a personal field comes from here, so that one test can search
 * all output for it.
 */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  /** As Stripe keeps it; Salesforce has its English name. */
  readonly countryCode: 'LI';
  readonly country: 'Liechtenstein';
}

/** In every name, email, street, city, state and postal code; in every phone number; and the country. */
export const personalData = /quillfeather|555.?7734|liechtenstein/i;

let people = 0;

/** A person that no other test has. */
export function aPerson(): Person {
  const id = `${randomBytes(3).toString('hex')}${++people}`;
  return {
    name: `Zoë Quillfeather ${id} 株式会社`,
    email: `zoe.${id}@quillfeather.test`,
    phone: `+1 555 7734 ${String(people).padStart(4, '0')}`,
    street: `${people} Quillfeather Street\nFloor 7`,
    city: 'Quillfeather',
    state: 'Upper Quillfeather',
    postalCode: `Quillfeather ${people}`,
    countryCode: 'LI',
    country: 'Liechtenstein',
  };
}

/** A Stripe customer's fields. */
export function asCustomer({ name, email, phone, street, city, state, postalCode, countryCode }: Person) {
  const [line1 = '', line2 = ''] = street.split('\n');
  return { name, email, phone, address: { line1, line2, city, state, postal_code: postalCode, country: countryCode } };
}

/** A Salesforce Account's fields. */
export function asAccount({ name, email, phone, street, city, state, postalCode, country }: Person) {
  return {
    Name: name,
    Billing_Email__c: email,
    Phone: phone,
    BillingStreet: street,
    BillingCity: city,
    BillingState: state,
    BillingPostalCode: postalCode,
    BillingCountry: country,
  };
}
