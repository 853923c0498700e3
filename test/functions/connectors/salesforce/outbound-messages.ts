/** What an org posts: made after the recorded message in `test/fixtures/payloads`. */
export function outboundMessage(
  notifications: readonly string[] = [notification()],
  organization = '00D5f000005KcCnEAK',
) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${organization}</OrganizationId>
   <ActionId>04kxx0000000001AAA</ActionId>
   <SessionId>00D5f!session-of-a-user</SessionId>
   <EnterpriseUrl>https://example.my.salesforce.com/services/Soap/c/66.0/00D</EnterpriseUrl>
   <PartnerUrl>https://example.my.salesforce.com/services/Soap/u/66.0/00D</PartnerUrl>
   ${notifications.join('\n   ')}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;
}

interface Told {
  id?: string;
  object?: string;
  recordId?: string;
  systemModstamp?: string;
  /** XML of more fields. */
  fields?: string;
}

export function notification({
  id = '04lxx0000000001AAA',
  object = 'Account',
  recordId = '0015f00002J9YYEAA3',
  systemModstamp = '2026-11-20T11:59:58.000Z',
  fields = '',
}: Told = {}) {
  const record = `<sf:Id>${recordId}</sf:Id><sf:SystemModstamp>${systemModstamp}</sf:SystemModstamp>${fields}`;
  const typed = `xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"`;
  return `<Notification><Id>${id}</Id><sObject ${typed}>${record}</sObject></Notification>`;
}

const withDtd = (dtd: string, field: string) =>
  outboundMessage([notification({ fields: `<sf:Name>${field}</sf:Name>` })]).replace('?>', `?>\n${dtd}`);
const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at};`.repeat(10)}">`).join('');

/** What a body may try on whoever parses it. */
export const attacks = [
  {
    title: 'a file as an external entity',
    text: withDtd('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'),
    reason: /DTD/,
  },
  {
    title: 'a URL as an external entity',
    text: withDtd('<!DOCTYPE a [<!ENTITY x SYSTEM "http://169.254.169.254/latest/meta-data/">]>', '&x;'),
    reason: /DTD/,
  },
  { title: 'an external DTD', text: withDtd('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">', ''), reason: /DTD/ },
  {
    title: 'a parameter entity',
    text: withDtd('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/a.dtd"> %x;]>', ''),
    reason: /DTD/,
  },
  {
    title: 'a billion laughs',
    text: withDtd(`<!DOCTYPE a [<!ENTITY lol0 "lol">${laughs}]>`, '&lol9;'),
    reason: /DTD/,
  },
  { title: 'an entity without a DTD', text: withDtd('', '&lol;'), reason: /well-formed/ },
  { title: 'a comment', text: withDtd('<!-- lol -->', ''), reason: /comment/ },
  { title: 'CDATA', text: withDtd('', '<![CDATA[<lol/>]]>'), reason: /CDATA/ },
  {
    title: 'an instruction',
    text: withDtd('<?xml-stylesheet href="http://127.0.0.1:9/"?>', ''),
    reason: /instruction/,
  },
  {
    title: 'elements inside one another without end',
    text: withDtd('', `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`),
    reason: /too deep/,
  },
  {
    title: 'a thousand attributes of one name',
    text: withDtd('', `<a ${'lol="1" '.repeat(1000)}/>`),
    reason: /well-formed/,
  },
  { title: 'an unknown namespace', text: withDtd('', '<lol:a/>'), reason: /well-formed/ },
] as const;
