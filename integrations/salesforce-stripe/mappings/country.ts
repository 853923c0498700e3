/**
 * Stripe keeps a country as ISO 3166-1 alpha-2, Salesforce (without State and Country picklists) as its English name.
 * The names are those of the Unicode CLDR, which Node carries.
 */
export function countryName(code: string): string {
  return isCode(code) ? (englishNames().of(code.toUpperCase()) ?? code) : code;
}

/** What people write that is no name of the CLDR. */
const otherNames: Readonly<Record<string, string>> = {
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  'united states of america': 'US',
  'u.k.': 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'the netherlands': 'NL',
  holland: 'NL',
  'czech republic': 'CZ',
  turkey: 'TR',
  'republic of korea': 'KR',
  korea: 'KR',
  'russian federation': 'RU',
  'viet nam': 'VN',
};

/**
 * The code of a country's name; a code stays one, a common but unofficial one (UK) becomes the official one, and an
 * unknown name leaves the other side as it is.
 */
export function countryCode(name: string): string | undefined {
  const wanted = name.trim();
  return otherNames[wanted.toLowerCase()] ?? codesByName().get(countryName(wanted).toLowerCase());
}

function isCode(text: string): boolean {
  return /^[A-Za-z]{2}$/.test(text);
}

function englishNames(): Intl.DisplayNames {
  return new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
}

let codes: Map<string, string> | undefined;

/** Built on first use: Intl tells a code's name, but not a name's code. */
function codesByName(): Map<string, string> {
  codes ??= buildCodesByName();
  return codes;
}

function buildCodesByName(): Map<string, string> {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const names = englishNames();
  const known = new Map<string, string>();
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code)?.toLowerCase();
    // Withdrawn codes share their successor's name; the current code comes from asking for it by the canonical locale.
    if (name !== undefined && new Intl.Locale(`und-${code}`).region === code && !known.has(name)) known.set(name, code);
  }
  return known;
}
