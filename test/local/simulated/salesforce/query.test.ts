import { describe, expect, it } from 'vitest';
import { errorOf } from '../support.ts';
import { simulatedSalesforce } from './client.ts';

async function withAccounts() {
  const { salesforce } = await simulatedSalesforce();
  const accounts = salesforce.sobject('Account');
  const { id } = await accounts.create({ Name: "O'Hara", BillingCity: 'Ulm', Stripe_Customer_Id__c: 'cus_A' });
  await accounts.create({ Name: 'beta', BillingCity: 'ulm', Phone: '1' });
  await accounts.create({ Name: 'Alpha', BillingCity: 'Bonn', Phone: '2' });
  const gone = await accounts.create({ Name: 'Gone', BillingCity: 'Ulm' });
  await accounts.destroy(gone.id!);
  const names = async (rest: string) =>
    (await salesforce.query<{ Name: string }>(`SELECT Name FROM Account ${rest}`)).records.map(({ Name }) => Name);
  return { salesforce, names, id: id! };
}

describe('query', () => {
  it('answers the fields that were asked for', async () => {
    const { salesforce, id } = await withAccounts();

    const result = await salesforce.query("select id, billingcity from account where Name = 'O\\'Hara'");

    expect(result).toMatchObject({ totalSize: 1, done: true });
    expect(result.records).toEqual([
      {
        attributes: { type: 'Account', url: `/services/data/v66.0/sobjects/Account/${id}` },
        Id: id,
        BillingCity: 'Ulm',
      },
    ]);
  });

  it('filters, sorts and limits, and never shows deleted records', async () => {
    const { names, id } = await withAccounts();

    expect(await names("WHERE BillingCity = 'ULM'")).toEqual(["O'Hara", 'beta']);
    expect(await names("WHERE BillingCity = 'ulm' AND Phone != null")).toEqual(['beta']);
    expect(await names('WHERE Phone = null')).toEqual(["O'Hara"]);
    expect(await names("WHERE Phone <> '1' AND IsDeleted = false")).toEqual(["O'Hara", 'Alpha']);
    expect(await names(`WHERE Id = '${id.slice(0, 15)}'`)).toEqual(["O'Hara"]);
    expect(await names("WHERE Stripe_Customer_Id__c = 'cus_a'")).toEqual([]);
    expect(await names('ORDER BY Name')).toEqual(['Alpha', 'beta', "O'Hara"]);
    expect(await names('ORDER BY Phone DESC LIMIT 2')).toEqual(["O'Hara", 'Alpha']);
  });

  it('counts', async () => {
    const { salesforce } = await withAccounts();

    const result = await salesforce.query('SELECT COUNT() FROM Account');

    expect(result).toMatchObject({ totalSize: 3, done: true, records: [] });
  });

  it.each([
    ['MALFORMED_QUERY', 'SELECT FROM Account'],
    ['MALFORMED_QUERY', 'SELECT Id, FROM Account'],
    ['MALFORMED_QUERY', ''],
    ['MALFORMED_QUERY', "SELECT Id FROM Account WHERE Name = 'open"],
    ['MALFORMED_QUERY', 'SELECT Id FROM Account WHERE Name = Acme'],
    ['MALFORMED_QUERY', 'SELECT Id FROM Account LIMIT many'],
    ['MALFORMED_QUERY', 'SELECT Id FROM Account LIMIT 1 LIMIT 2'],
    ['INVALID_FIELD', 'SELECT Nmae FROM Account'],
    ['INVALID_FIELD', "SELECT Id FROM Account WHERE Nmae = 'x'"],
    ['INVALID_FIELD', 'SELECT Id FROM Account ORDER BY Nmae'],
    ['INVALID_FIELD', "SELECT Id FROM Account WHERE IsDeleted = 'false'"],
    ['INVALID_TYPE', 'SELECT Id FROM Accout'],
  ])('answers %s to %s', async (errorCode, soql) => {
    const { salesforce } = await withAccounts();

    const error = await errorOf(salesforce.query(soql));

    expect(error).toMatchObject({ errorCode });
  });

  it('reads escapes and spaces inside quotes', async () => {
    const { salesforce } = await simulatedSalesforce();
    await salesforce.sobject('Account').create({ Name: 'a\\b\n FROM  c' });

    const result = await salesforce.query("SELECT Id FROM Account WHERE Name = 'a\\\\b\\n FROM  c'");

    expect(result.totalSize).toBe(1);
  });
});
