/** What is wrong with a secret that may be any text. */
export function anyText(secret: string): string | undefined {
  return secret.trim() === '' ? 'is empty' : undefined;
}

/** What is wrong with a secret that the provider makes: none has blanks or line breaks. */
export function oneWord(secret: string): string | undefined {
  return anyText(secret) ?? (/\s/.test(secret) ? 'has blanks or line breaks in it' : undefined);
}
