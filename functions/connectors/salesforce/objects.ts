import { defineObject } from '../../contract/object-type.ts';

/** Salesforce's standard objects as mappings see them; an org's own fields are added with `withFields`. */
export const salesforce = {
  account: defineObject({
    system: 'salesforce',
    object: 'Account',
    fields: {
      Name: 'text',
      Phone: 'text',
      Website: 'text',
      Description: 'text',
      BillingStreet: 'text',
      BillingCity: 'text',
      BillingState: 'text',
      BillingPostalCode: 'text',
      BillingCountry: 'text',
    },
  }),
};
