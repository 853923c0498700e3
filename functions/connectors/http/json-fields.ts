import { memberOf } from '../../contract/json-bytes.ts';
import type { FieldValue } from '../../contract/object-type.ts';

/** Reads a field out of a JSON value: `total`, or `address.city` out of an object in it. Lists and objects are no fields. */
export function fieldOf(value: unknown, path: string): FieldValue {
  const found = path.split('.').reduce<unknown>(memberOf, value);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? found : null;
}

interface Json {
  [key: string]: FieldValue | Json;
}

/** A JSON object of fields: `address.city` becomes a member of `address`. */
export function jsonOf(fields: Readonly<Record<string, FieldValue>>): Json {
  const whole: Json = {};
  for (const [path, value] of Object.entries(fields)) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    const parent = names.reduce<Json>((object, name) => childOf(object, name), whole);
    parent[last] = value;
  }
  return whole;
}

function childOf(object: Json, name: string): Json {
  const child = object[name];
  if (typeof child === 'object' && child !== null) return child;
  const made: Json = {};
  object[name] = made;
  return made;
}

/** The id that an answer tells, where it is one that may be logged; else the one that is known. */
export function idIn(value: unknown, known: string): string {
  const id = fieldOf(value, 'id');
  const text = typeof id === 'number' ? String(id) : id;
  return typeof text === 'string' && /^[\w.:#/-]{1,200}$/.test(text) ? text : known;
}
