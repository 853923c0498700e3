import type { Customer } from './customer.ts';
import { unknownParameter } from './errors.ts';
import type { FormHash, FormValue } from './form.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { mergeMetadata } from './metadata.ts';
import { choiceOf, emailOf, hashOf, integerOf, missingParameter, textOf, textsOf } from './parameters.ts';

type Setter = (value: FormValue, customer: Customer) => JsonObject;

const ADDRESS_NAMES = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'];

const text =
  (name: string, most: number): Setter =>
  (value) => ({ [name]: textOf(value, name, most) });

// Every parameter of create and update that the simulation takes. The limits are those of facts C.7 and E:
// name 256, phone 20, email 512, business_name and individual_name 150.
const SETTERS = new Map<string, Setter>([
  ['address', (value, { address }) => ({ address: addressOf(value, 'address', address) })],
  ['balance', (value) => ({ balance: integerOf(value, 'balance') })],
  ['business_name', text('business_name', 150)],
  ['description', text('description', 5000)],
  ['email', (value) => ({ email: emailOf(value, 'email') })],
  ['expand', () => ({})],
  ['individual_name', text('individual_name', 150)],
  ['metadata', (value, { metadata }) => ({ metadata: mergeMetadata(metadata, value) })],
  ['name', text('name', 256)],
  ['phone', text('phone', 20)],
  ['preferred_locales', (value) => ({ preferred_locales: textsOf(value, 'preferred_locales') })],
  ['shipping', (value) => ({ shipping: shippingOf(value) })],
  ['tax_exempt', (value) => ({ tax_exempt: choiceOf(value || 'none', 'tax_exempt', ['exempt', 'none', 'reverse']) })],
]);

/** Applies the parameters of a create or update to a customer, and gives the new one; the given one stays as it is. */
export function applyParameters(customer: Customer, form: FormHash): Customer {
  let changed = customer;
  for (const [name, value] of form) {
    const setter = SETTERS.get(name);
    if (!setter) throw unknownParameter(name);
    changed = { ...changed, ...setter(value, customer) };
  }
  return changed;
}

/** Sent parts are merged into the address that is there; an empty part becomes null, and an empty address is removed. */
function addressOf(value: FormValue, param: string, current: Json | undefined): Json {
  const sent = hashOf(value, param, ADDRESS_NAMES);
  if (sent === null) return null;
  const before = isJsonObject(current) ? current : {};
  return Object.fromEntries(
    ADDRESS_NAMES.map((name): [string, Json] => {
      const part = sent.get(name);
      return [name, part === undefined ? (before[name] ?? null) : textOf(part, `${param}[${name}]`, 5000)];
    }),
  );
}

/** Unlike the address it is replaced as a whole, and needs a name and line 1 (stripe-ruby issue 755). */
function shippingOf(value: FormValue): Json {
  const sent = hashOf(value, 'shipping', ['address', 'name', 'phone']);
  if (sent === null) return null;
  const address = sent.get('address') ?? '';
  const name = textOf(sent.get('name') ?? '', 'shipping[name]', 5000);
  if (name === null) throw missingParameter('shipping[name]');
  if (typeof address === 'string' || !address.get('line1')) throw missingParameter('shipping[address][line1]');
  return {
    address: addressOf(address, 'shipping[address]', null),
    name,
    phone: textOf(sent.get('phone') ?? '', 'shipping[phone]', 20),
  };
}
