import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readOutboundMessage } from '../../../../functions/connectors/salesforce/outbound-message.ts';
import { attacks, notification, outboundMessage } from './outbound-messages.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/payloads/salesforce.outbound-message.${name}.xml`, import.meta.url));
const read = (text: string | Uint8Array) =>
  readOutboundMessage(typeof text === 'string' ? Buffer.from(text) : text, {});

describe('an Outbound Message', () => {
  test('is an event for each of its notifications, in their order', () => {
    const events = read(
      outboundMessage([notification(), notification({ id: '04lxx0000000002AAA', object: 'Deal__c' })]),
    );

    expect(events).toEqual([
      {
        id: '04lxx0000000001AAA',
        type: 'Account.CHANGED',
        time: '2026-11-20T11:59:58.000Z',
        subject: '0015f00002J9YYEAA3',
        echo: false,
        data: {
          id: '04lxx0000000001AAA',
          organizationId: '00D5f000005KcCnEAK',
          object: 'Account',
          changeType: 'CHANGED',
          recordId: '0015f00002J9YYEAA3',
          systemModstamp: '2026-11-20T11:59:58.000Z',
        },
      },
      expect.objectContaining({ id: '04lxx0000000002AAA', type: 'Deal__c.CHANGED' }),
    ]);
  });

  test('as it was recorded: three leads, and nothing of their fields or of the session', () => {
    const events = [read(fixture('2-leads'))].flat();

    expect(events.map((event) => 'type' in event && [event.id, event.type])).toEqual([
      ['04l37000000L0E5AAK', 'Lead1.CHANGED'],
      ['14l37000123L0E5AAK', 'Lead2.CHANGED'],
      ['24l37123450L0E5AAK', 'Lead3.CHANGED'],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/Nielsen|Redmond|BSGSRAzG|salesforce\.com/);
  });

  test('holds up to a hundred', () => {
    const hundred = Array.from({ length: 100 }, (_, at) =>
      notification({ id: `04lxx0000000${String(at).padStart(3, '0')}` }),
    );

    const events = [read(outboundMessage(hundred))].flat();

    expect(events.filter((event) => 'type' in event)).toHaveLength(100);
    expect(read(outboundMessage([...hundred, notification()]))).toEqual({
      unreadable: 'more than 100 notifications in it',
    });
  });

  test('is read with escapes, a byte order mark and no stamp', () => {
    const text = `\uFEFF${outboundMessage([notification({ systemModstamp: '', fields: '<sf:Name>R&amp;D &#x3c;&#233;</sf:Name>' })])}`;

    expect(read(text)).toEqual([expect.objectContaining({ id: '04lxx0000000001AAA', time: undefined })]);
  });

  test('loses no notification to one that can not be read', () => {
    const events = read(outboundMessage([notification({ id: '' }), notification()]));

    expect(events).toEqual([
      { unreadable: 'a notification without its id' },
      expect.objectContaining({ type: 'Account.CHANGED' }),
    ]);
  });

  test.each([
    { title: 'no notification', text: fixture('empty'), reason: /organisation/ },
    { title: 'no notification of an organisation', text: outboundMessage([]), reason: /no notification/ },
    { title: 'two organisations', text: twice(/<OrganizationId>.*?<\/OrganizationId>/), reason: /organisation/ },
    {
      title: 'another organisation, which a search for the tag finds elsewhere',
      text: outboundMessage([notification({ fields: '<OrganizationId>00D5f000005KcCnEAK</OrganizationId>' })]).replace(
        '<OrganizationId>',
        '<OrganizationId >',
      ),
      reason: /organisation/,
    },
    { title: 'an answer to one', text: fixture('ack'), reason: /organisation/ },
    { title: 'another namespace', text: outboundMessage().replace('/2005/09/', '/2006/09/'), reason: /organisation/ },
    { title: 'no XML', text: '{"id":"evt_1"}', reason: /well-formed/ },
    { title: 'nothing', text: '', reason: /well-formed/ },
    { title: 'bytes that are no text', text: Buffer.from([0x3c, 0xff, 0xfe, 0x3e]), reason: /UTF-8/ },
    { title: 'UTF-16', text: Buffer.from(outboundMessage(), 'utf16le'), reason: /well-formed|UTF-8/ },
    { title: 'only its beginning', text: outboundMessage().slice(0, -20), reason: /well-formed/ },
    { title: 'something behind it', text: `${outboundMessage()}<more/>`, reason: /well-formed/ },
  ])('is none: $title', ({ text, reason }) => {
    expect(read(text)).toEqual({ unreadable: expect.stringMatching(reason) });
  });

  test.each([
    { title: 'its type', text: outboundMessage([notification({ object: '' })]) },
    { title: 'its record', text: outboundMessage([notification({ recordId: '' })]) },
  ])('tells of no record without $title', ({ text }) => {
    expect(read(text)).toEqual([{ unreadable: 'a notification without its record' }]);
  });
});

describe('an attack by XML', () => {
  test.each(attacks)('is refused, and reaches nothing: $title', ({ text, reason }) => {
    const started = performance.now();

    const events = read(text);

    expect(events).toEqual({ unreadable: expect.stringMatching(reason) });
    expect(JSON.stringify(events)).not.toMatch(/root:|lol|passwd/);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

function twice(part: RegExp): string {
  return outboundMessage().replace(part, '$&$&');
}
