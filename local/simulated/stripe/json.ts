/** A JSON value, as the API answers it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object; Stripe's objects are such. */
export interface JsonObject {
  [key: string]: Json;
}

/** Whether a value is an object with keys, neither null nor a list. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
