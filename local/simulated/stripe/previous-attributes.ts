import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from './json.ts';

/**
 * `data.previous_attributes` of an update: the old values of what changed. Of a hash only the changed keys are listed;
 * a key that is new was null before. Undefined when nothing changed, so that no event is due.
 */
export function previousAttributes(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const previous: JsonObject = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[key] ?? null;
    const current = after[key] ?? null;
    if (isDeepStrictEqual(old, current)) continue;
    const isHashChange = isJsonObject(old) && isJsonObject(current);
    previous[key] = isHashChange ? (previousAttributes(old, current) ?? old) : old;
  }
  return Object.keys(previous).length === 0 ? undefined : previous;
}
