import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readSalesforceCallout } from '../../functions/connectors/salesforce/webhook.ts';
import { salesforceCallout } from '../../functions/signatures/salesforce-callout.ts';
import { defaultMaxBodyBytes } from '../../functions/specification/system.ts';
import accountToStripeCustomer from '../../integrations/salesforce-stripe/flows/account-to-stripe-customer.ts';
import { accountCallout } from '../functions/receive-webhook/samples.ts';
import { constantOf, entriesOf, readMetadata, readSource, valuesOf } from './apex-project.ts';

const scheme = salesforceCallout();
const signing = (name: string) => constantOf('MillraceSignature', name);
const answer = (name: string) => constantOf('MillraceSignatureTest', name);
const sending = (name: string) => Number(constantOf('MillraceSender', name));

/** What the Apex of the known answer sends, by its own constants. */
const known = {
  headers: {
    [signing('TIMESTAMP_HEADER')]: answer('UNIX_SECONDS'),
    [signing('SIGNATURE_HEADER')]: answer('SIGNATURE'),
  },
  body: Buffer.from(answer('BODY')),
};
const secret = answer('SECRET');
const nowMs = Number(answer('UNIX_SECONDS')) * 1000;

describe('the signature of the Apex callout', () => {
  test('has the headers of the scheme', () => {
    expect(Object.keys(known.headers).toSorted()).toEqual(scheme.headers.toSorted());
  });

  test("is the scheme's: the known answer of the Apex tests verifies", () => {
    const verification = scheme.verify(known, [secret], nowMs);

    expect(verification).toEqual({ valid: true });
    expect(answer('BODY')).toMatch(/[^\0-\x7f]/);
  });

  test.each([
    {
      title: 'another second',
      request: { ...known, headers: { ...known.headers, [signing('TIMESTAMP_HEADER')]: '1800000001' } },
    },
    { title: 'another body', request: { ...known, body: Buffer.from(`${answer('BODY')} `) } },
  ])('is of this request alone, and not of $title', ({ request }) => {
    expect(scheme.verify(request, [secret], nowMs).valid).toBe(false);
  });

  test('is made of time, separator and body, as the constants and the code say', () => {
    const code = readSource('classes/MillraceSignature.cls');
    const content = `${answer('UNIX_SECONDS')}${signing('SEPARATOR')}${answer('BODY')}`;
    const hash = signing('ALGORITHM').replace(/^hmac/, '').toLowerCase();

    expect(signing('PREFIX') + createHmac(hash, secret).update(content).digest('hex')).toBe(answer('SIGNATURE'));
    expect(code).toContain('Blob.valueOf(timestamp + SEPARATOR + body)');
    expect(code).toContain('PREFIX + EncodingUtil.convertToHex(mac)');
    expect(code).toContain('now.getTime() / 1000');
  });

  test('is over the bytes that are sent', () => {
    const code = readSource('classes/MillraceSender.cls');

    expect(code).toContain('request.setBodyAsBlob(Blob.valueOf(event.body))');
    expect(code).toMatch(/MillraceSignature\.headersFor\(event\.body, endpoint\.Secret__c, Datetime\.now\(\)\)/);
  });
});

describe('the body of the Apex callout', () => {
  const code = readSource('classes/MillraceEvent.cls');
  const told = /new Map<String, Object>\{\n([\s\S]*?)\n {8}\};/.exec(code)![1]!;
  const keys = [...told.matchAll(/'(\w+)' =>/g)].map(([, key]) => key!);

  test('has the members that the reader and its samples have', () => {
    expect(keys.toSorted()).toEqual(Object.keys(accountCallout()).toSorted());
  });

  test('names changes as the flow does', () => {
    const types = [...readSource('classes/MillraceChanges.cls').matchAll(/TriggerOperation\.AFTER_\w+ => '(\w+)'/g)];
    const events = types.map(([, type]) => `Account.${type}`);

    expect(events).toHaveLength(4);
    expect(accountToStripeCustomer.source.events.filter((event) => !events.includes(event))).toEqual([]);
  });

  test("names Millrace's own changes so that they are known as echoes", () => {
    const origin = constantOf('MillraceChanges', 'OWN_ORIGIN');
    const permission = constantOf('MillraceChanges', 'INTEGRATION_PERMISSION');
    const granted = readMetadata('permissionsets/Millrace_Integration.permissionset-meta.xml');

    const event = readSalesforceCallout(Buffer.from(JSON.stringify(accountCallout({ origin }))), {});

    expect(event).toMatchObject({ echo: true });
    expect(entriesOf(granted, 'customPermissions')).toEqual([{ enabled: 'true', name: permission }]);
    expect(() => readMetadata(`customPermissions/${permission}.customPermission-meta.xml`)).not.toThrow();
  });

  test('is short enough for the door and for the field that keeps it', () => {
    const most = Number(constantOf('MillraceEvent', 'MOST_CHARACTERS'));
    const field = readMetadata('objects/Millrace_Unsent_Event__c/fields/Body__c.field-meta.xml');

    // A character of UTF-16 has three bytes of UTF-8 at most.
    expect(most * 3).toBeLessThan(defaultMaxBodyBytes);
    expect(most).toBeLessThan(Number(valuesOf(field, 'length')[0]));
  });
});

describe('the sender in Apex', () => {
  test("keeps within the platform's limits", () => {
    // 120 s of callouts a transaction, 10 minutes of delay a job.
    expect(sending('RUN_MS') + sending('CALLOUT_TIMEOUT_MS')).toBeLessThan(120_000);
    expect(sending('LONGEST_WAIT_MINUTES')).toBe(10);
  });

  test.each(['Account', 'Contact'])('is told of every change of an %s', (object) => {
    const trigger = readSource(`triggers/Millrace${object}.trigger`);

    expect(trigger).toContain(`on ${object}(after insert, after update, after delete, after undelete)`);
    expect(trigger).toContain('MillraceChanges.announce(Trigger.operationType, Trigger.new, Trigger.oldMap);');
  });

  test('gives up on the statuses that say so, and on no other', () => {
    const final = /FINAL_REFUSALS = new Set<Integer>\{ ([\d, ]+) \}/.exec(readSource('classes/MillraceSender.cls'));

    expect(final?.[1]).toBe('400, 413');
  });
});
