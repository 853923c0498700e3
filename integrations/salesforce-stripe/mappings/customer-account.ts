import { salesforce } from '../../../functions/connectors/salesforce/objects.ts';
import { stripe } from '../../../functions/connectors/stripe/objects.ts';
import { asIs, defineMapping, field } from '../../../functions/specification/mapping.ts';
import { withFields } from '../../../functions/specification/with-fields.ts';
import { countryCode, countryName } from './country.ts';

const customer = withFields(stripe.customer, { 'metadata.salesforce_account_id': 'text' });
const account = withFields(salesforce.account, { Stripe_Customer_Id__c: 'text', Billing_Email__c: 'text' });

const nameless = 'Customer without a name';

/** The first characters of a text; a pair of surrogates is not cut in two, since half of one is no text. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** A Stripe Customer and the Salesforce Account that it bills. */
export const customerAccount = defineMapping({
  name: 'customer-account',
  left: customer,
  right: account,
  link: { left: 'metadata.salesforce_account_id', right: 'Stripe_Customer_Id__c' },
  fields: [
    // An Account needs a name; it is cut to what the field holds.
    field({
      left: 'name',
      right: 'Name',
      toRight: (name) => cut(name, 255),
      toLeft: (name) => (name === nameless ? undefined : name),
      default: { right: nameless },
      personal: true,
    }),
    field({ left: 'email', right: 'Billing_Email__c', toRight: asIs, toLeft: asIs, personal: true }),
    // Stripe holds 20 characters: a longer number is sent without its punctuation.
    field({
      left: 'phone',
      right: 'Phone',
      toRight: asIs,
      toLeft: (phone) => (phone.length > 20 ? phone.replace(/[^\d+]/g, '') : phone),
      personal: true,
    }),
    field({ left: 'address.street', right: 'BillingStreet', toRight: asIs, toLeft: asIs, personal: true }),
    field({ left: 'address.city', right: 'BillingCity', toRight: asIs, toLeft: asIs, personal: true }),
    field({ left: 'address.state', right: 'BillingState', toRight: asIs, toLeft: asIs, personal: true }),
    field({ left: 'address.postal_code', right: 'BillingPostalCode', toRight: asIs, toLeft: asIs, personal: true }),
    // A name that has no code leaves Stripe without one: that must not empty the Account on the way back.
    field({
      left: 'address.country',
      right: 'BillingCountry',
      toRight: countryName,
      toLeft: countryCode,
      nullable: false,
      personal: true,
    }),
  ],
});
