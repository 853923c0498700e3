import { randomText } from '../random-text.ts';
import type { Chance } from '../system.ts';
import type { JsonObject } from './json.ts';
import type { Metadata } from './metadata.ts';

/** A customer in the shape of API version 2026-10-28.endive, without what only billing fills. */
export interface Customer extends JsonObject {
  id: string;
  object: 'customer';
  created: number;
  email: string | null;
  metadata: Metadata;
}

/** A customer before any parameter is applied. `createdSeconds` since 1970. */
export function blankCustomer(createdSeconds: number, random: Chance['random']): Customer {
  return {
    id: `cus_${randomText(random, 14)}`,
    object: 'customer',
    address: null,
    balance: 0,
    created: createdSeconds,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(random, 8, '0123456789ABCDEF'),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}
