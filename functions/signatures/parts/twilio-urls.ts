/**
 * The ways in which Twilio may have written a URL before it signed it, which are those that its own library tries: with
 * its port, without one, and with the standard one; and each as it is, as a URL parser writes it (`'` becomes `%27`),
 * and with its query encoded anew (`+` becomes `%20`).
 */
export function urlForms(url: string): string[] {
  const parts = /^(https?):\/\/((?:[^/?#@]*@)?)(\[[^\]]*\]|[^/?#:]*)(:\d*)?(.*)$/is.exec(url);
  if (parts === null || !URL.canParse(url)) return [url];
  const [, protocol = '', user = '', host = '', port = '', rest = ''] = parts;
  const standard = protocol.toLowerCase() === 'https' ? ':443' : ':80';
  const rests = [rest, ...encodedAnew(new URL(url))];
  const forms = [port, '', standard].flatMap((each) =>
    rests.map((after) => `${protocol}://${user}${host}${each}${after}`),
  );
  return [...new Set(forms)];
}

/**
 * Path and query by the URL parser, and with the query as Node's legacy `querystring` writes it: repeated names
 * together.
 */
function encodedAnew({ pathname, search, searchParams }: URL): string[] {
  const fields = Map.groupBy(searchParams, ([name]) => name);
  const pairs = [...fields.values()].flat().map((pair) => pair.map(encodeURIComponent).join('='));
  return [pathname + search, pairs.length === 0 ? pathname + search : `${pathname}?${pairs.join('&')}`];
}
