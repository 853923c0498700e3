import { describe, expect, test } from 'vitest';
import { readOutboundMessage } from '../../../functions/connectors/salesforce/outbound-message.ts';
import type { SignedRequest } from '../../../functions/contract/signature-scheme.ts';
import { salesforceOutboundMessage } from '../../../functions/signatures/salesforce-outbound-message.ts';
import { validateIntegrations } from '../../../functions/specification/validate.ts';
import outbound from '../../fixtures/integrations/salesforce-outbound.ts';
import { attacks, notification, outboundMessage } from '../connectors/salesforce/outbound-messages.ts';
import { createReceiver, secretOf } from './receiver.ts';

const token = '5OJ-vtEzYp1f_xq3ynTLbA7dRk2gWc8N';
const secret = `00D5f000005KcCnEAK:${token}`;
const url = `https://hooks.example.test/v1/webhooks/salesforce-outbound/salesforce?token=${token}`;
const [flow] = Object.values(outbound.flows);

const posted = (text: string, changes: Partial<SignedRequest> = {}): SignedRequest => ({
  headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' },
  body: Buffer.from(text),
  url,
  ...changes,
});

/** A receiver of the fixture integration; from the nth message on its queue takes none. */
function setup({ secretText = secret, takes = Number.POSITIVE_INFINITY } = {}) {
  const queued: unknown[] = [];
  const receiver = createReceiver({
    integration: outbound.name,
    system: 'salesforce',
    webhook: outbound.systems.salesforce!.webhook!,
    flows: [flow!],
    secret: secretOf(secretText),
    send: async (_flow, message) => {
      if (queued.length >= takes) throw new Error('the queue is full');
      queued.push(message);
      return `message-${queued.length}`;
    },
  });
  return { ...receiver, queued };
}

const ack =
  /^<\?xml version="1.0" encoding="UTF-8"\?><soapenv:Envelope [^>]*><soapenv:Body><notificationsResponse xmlns="http:\/\/soap.sforce.com\/2005\/09\/outbound"><Ack>true<\/Ack><\/notificationsResponse><\/soapenv:Body><\/soapenv:Envelope>$/;

describe('an Outbound Message', () => {
  test('is acknowledged once every notification is queued, for a flow that re-reads', async () => {
    const many = Array.from({ length: 100 }, (_, at) =>
      notification({ id: `04lxx0000000${String(at).padStart(3, '0')}` }),
    );
    const { post, queued } = setup();

    const answer = await post(posted(outboundMessage(many)));

    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringMatching(ack) });
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(queued).toHaveLength(100);
    expect(queued[99]).toMatchObject({ id: '04lxx0000000099', type: 'Account.CHANGED', subject: '0015f00002J9YYEAA3' });
    expect(flow?.payload ?? 'reread').toBe('reread');
    expect(() => validateIntegrations([outbound])).not.toThrow();
  });

  test('that is sent again has the same ids, by which a queue knows it', async () => {
    const { post, queued } = setup();

    await post(posted(outboundMessage()));
    await post(posted(outboundMessage()));

    expect(queued.map((message) => (message as { id: string }).id)).toEqual(Array(2).fill('04lxx0000000001AAA'));
  });

  test.each([
    { title: 'a queue did not take one', takes: 1, status: 503, side: 'Server' },
    { title: 'one is unreadable', text: outboundMessage([notification(), notification({ id: '' })]), status: 400 },
    { title: 'it is no XML', text: outboundMessage().slice(0, -9), status: 400 },
    { title: 'it is of another organisation', text: outboundMessage(undefined, '00D5f000005KcCoEAK'), status: 401 },
    { title: 'the token is wrong', changes: { url: url.replace(token, 'x'.repeat(32)) }, status: 401 },
    { title: 'it is too large', text: outboundMessage().padEnd(1024 * 1024 + 1), status: 413 },
    { title: 'the secret is no pair', secretText: token, status: 503, side: 'Server' },
  ])('is answered by a fault, and not acknowledged, where $title', async (row) => {
    const { text = outboundMessage([notification(), notification({ id: '04lxx0000000002AAA' })]), side = 'Client' } =
      row;
    const { post } = setup(row);

    const answer = await post(posted(text, row.changes));

    expect(answer.statusCode).toBe(row.status);
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(answer.body).toMatch(
      new RegExp(`<soapenv:Fault><faultcode>soapenv:${side}</faultcode><faultstring>[\\w ,]+</faultstring>`),
    );
    expect(answer.body).not.toMatch(/Ack|00D5f/);
  });

  test.each(attacks)('brings nothing in that attacks by XML: $title', async ({ text }) => {
    const { post, queued } = setup();

    const answer = await post(posted(text));

    expect(answer.statusCode).toBe(400);
    expect(queued).toEqual([]);
  });

  test('leaves no token, no session and no field in log, message or answer', async () => {
    const field = '<sf:Name>Zoë Quisling</sf:Name>';
    const { post, queued, lines } = setup();

    const answers = [
      await post(posted(outboundMessage([notification({ fields: field })]))),
      await post(posted(outboundMessage([notification({ fields: field, id: '' })]))),
      await post(posted(outboundMessage(), { url: `${url}&more=1&token=${token}` })),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 400, 401]);
    expect(JSON.stringify([answers, queued, lines])).not.toMatch(/Quisling|session-of-a-user|5OJ-vtEzYp1f/);
  });
});

describe('the XML of an Outbound Message', () => {
  test.each([
    { title: 'of the organisation, to the right URL', changes: {}, text: outboundMessage(), read: 1 },
    { title: 'to a URL with another token', changes: { url: `${url}x` }, text: outboundMessage(), read: 0 },
    { title: 'to a URL without one', changes: { url: url.replace(/\?.*/, '') }, text: outboundMessage(), read: 0 },
    { title: 'of another organisation', changes: {}, text: outboundMessage([], '00D5f000005KcCoEAK'), read: 0 },
  ])('is parsed so often: $title: $read', async ({ changes, text, read }) => {
    const bodies: Uint8Array[] = [];
    const webhook = {
      scheme: salesforceOutboundMessage(),
      reader: (body: Uint8Array) => {
        bodies.push(body);
        return readOutboundMessage(body, {});
      },
    };

    await createReceiver({ webhook, secret: secretOf(secret) }).post(posted(text, changes));

    expect(bodies).toHaveLength(read);
  });
});
