/** A decoded form value: a string, or what stood in brackets behind its name (lists are hashes by index). */
export type FormValue = string | FormHash;

/** The parameters of a call, by name, in the order they were sent. */
export type FormHash = Map<string, FormValue>;

/**
 * Decodes `name=x&metadata[k]=v&preferred_locales[0]=en&types[]=a`, the form that Stripe takes in bodies and queries
 * (https://docs.stripe.com/api, as sent by stripe-node 23.1.0: raw or percent-encoded brackets).
 */
export function decodeForm(pairs: URLSearchParams): FormHash {
  const root: FormHash = new Map();
  for (const [name, value] of pairs) put(root, namePath(name), value);
  return root;
}

/** A form as one string, the same for the same parameters in whatever order they came. */
export function canonicalForm(form: FormHash): string {
  const entries = [...form].map(([name, value]) => [name, typeof value === 'string' ? value : canonicalForm(value)]);
  return JSON.stringify(entries.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}

/** `shipping[address][line1]` to its three names; `types[]` ends with an empty one. */
function namePath(name: string): string[] {
  const first = name.indexOf('[');
  if (first < 1 || !name.endsWith(']')) return [name];
  return [name.slice(0, first), ...name.slice(first + 1, -1).split('][')];
}

function put(hash: FormHash, [name = '', ...rest]: string[], value: string): void {
  const key = name === '' ? String(hash.size) : name;
  if (rest.length === 0) {
    hash.set(key, value);
    return;
  }
  const existing = hash.get(key);
  const inner: FormHash = existing instanceof Map ? existing : new Map();
  hash.set(key, inner);
  put(inner, rest, value);
}
