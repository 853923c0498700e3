import type { FieldValue } from '../../contract/object-type.ts';

/** Reads a field out of a Stripe object: `name`, `address.city`, `metadata.key`, and the joined `address.street`. */
export function fieldValue(object: Readonly<Record<string, unknown>>, path: string): FieldValue {
  if (path === 'address.street') {
    const lines = [fieldValue(object, 'address.line1'), fieldValue(object, 'address.line2')];
    return lines.filter((line) => line !== null && line !== '').join('\n') || null;
  }
  const [first = '', second] = path.split('.');
  const value = second === undefined ? object[first] : memberOf(object[first], second);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function memberOf(value: unknown, key: string): unknown {
  return value instanceof Object ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
}

/**
 * Form parameters for fields: `address.city` becomes `address[city]`, a street is split at its first line break, and
 * null becomes the empty text that unsets a value (https://docs.stripe.com/api/customers/update).
 */
export function formParameters(fields: Readonly<Record<string, FieldValue>>): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [path, value] of Object.entries(fields)) {
    if (path === 'address.street') {
      const [line1 = '', ...rest] = String(value ?? '').split(/\r?\n/);
      parameters['address[line1]'] = line1;
      parameters['address[line2]'] = rest.join(', ');
    } else {
      const [first = '', second] = path.split('.');
      parameters[second === undefined ? first : `${first}[${second}]`] = String(value ?? '');
    }
  }
  return parameters;
}
