import { defineIntegration } from '../../functions/specification/integration.ts';
import accountToStripeCustomer from './flows/account-to-stripe-customer.ts';
import stripeCustomerToAccount from './flows/stripe-customer-to-account.ts';
import { customerAccount } from './mappings/customer-account.ts';
import salesforce from './systems/salesforce.ts';
import stripe from './systems/stripe.ts';

/** CRM and billing, both ways. */
export default defineIntegration({
  name: 'salesforce-stripe',
  systems: { stripe, salesforce },
  mappings: { 'customer-account': customerAccount },
  flows: {
    'stripe-customer-to-account': stripeCustomerToAccount,
    'account-to-stripe-customer': accountToStripeCustomer,
  },
});
