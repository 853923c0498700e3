import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recordId18 } from '../../../functions/connectors/salesforce/record-id.ts';
import { createSalesforceReceiver } from './receiver.ts';
import { accountCallout, fromSalesforce } from './samples.ts';

const file = new URL('../../fixtures/vectors/salesforce-ids.json', import.meta.url);
const vectors: { id15: string; id18: string }[] = JSON.parse(readFileSync(file, 'utf8'));

describe('the 18-character id', () => {
  test.each(vectors)('of $id15 is $id18', ({ id15, id18 }) => {
    const ids = [recordId18(id15), recordId18(id18), recordId18(id18.slice(0, 15) + id18.slice(15).toLowerCase())];

    expect(ids).toEqual([id18, id18, id18]);
  });

  test('is none of another case, whose checksum does not fit', () => {
    const { id15 } = vectors[0]!;
    const other = `${id15.toLowerCase()}${vectors[0]!.id18.slice(15)}`;

    const id = recordId18(other);

    expect(id).toBeUndefined();
  });

  test.each([
    '',
    '001',
    '0015f00002J9YYE!',
    '0015f00002J9YYEA',
    '0015f00002J9YYEAA9',
    ' 0015f00002J9YYE',
    '0015f00002J9YYE\n',
  ])('is none of "%s"', (text) => {
    const id = recordId18(text);

    expect(id).toBeUndefined();
  });
});

describe('the entity key of a callout', () => {
  test.each(['0015f00002J9YYE', '0015f00002J9YYEAA3'])('is the 18-character form of %s', async (recordId) => {
    const receiver = createSalesforceReceiver();

    await receiver.post(fromSalesforce(accountCallout({ recordId })));

    expect(receiver.queued[0]?.message).toMatchObject({ subject: '0015f00002J9YYEAA3', type: 'Account.UPDATE' });
    expect(receiver.queued[0]?.message.invalidreason).toBeUndefined();
  });

  test('of something else than an Account is refused by the flow', async () => {
    const receiver = createSalesforceReceiver();

    await receiver.post(fromSalesforce(accountCallout({ recordId: '003ak00000IiFInAAN' })));

    expect(receiver.queued[0]?.message.invalidreason).toBe('invalid event: recordId: starts_with');
  });
});
