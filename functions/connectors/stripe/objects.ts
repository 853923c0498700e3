import { defineObject } from '../../contract/object-type.ts';

/**
 * Stripe's objects as mappings see them. `address.street` is ours: line 1 and line 2, joined by a line break, as
 * Salesforce keeps a street.
 */
export const stripe = {
  customer: defineObject({
    system: 'stripe',
    object: 'customer',
    fields: {
      name: 'text',
      email: 'text',
      phone: 'text',
      description: 'text',
      'address.street': 'text',
      'address.city': 'text',
      'address.state': 'text',
      'address.postal_code': 'text',
      'address.country': 'text',
    },
  }),
};
