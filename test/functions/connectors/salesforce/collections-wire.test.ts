import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../../functions/connectors/connector.ts';
import { stubServer } from '../support/stub-server.ts';
import { aCall, account, anAccountWrite, HeldCredentials, salesforceAt, salesforceToken } from '../support/systems.ts';

const field = 'Stripe_Customer_Id__c';
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const contextOf = (n: number): CallContext =>
  aCall(5_000, { key: `cus_${n}`, correlationId: `corr-${n}`, traceparent });

const json = (status: number, body: unknown) => ({ status, body: JSON.stringify(body) });
const upserted = (n: number) => ({ id: `001A${n}`, success: true, errors: [], created: true });
const refused = (statusCode: string, message = 'm') => ({
  success: false,
  errors: [{ statusCode, message, fields: [] }],
});

/** Three events write at once; the first goes alone, the second and the third together. Its answers come in turn. */
async function threeWrites(...answers: [object, ...object[]]) {
  const server = await stubServer(json(201, upserted(0)), ...answers.map((body) => json(200, body)));
  const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));
  const outcomes = await Promise.all(
    [0, 1, 2].map((n) =>
      connector.write(
        anAccountWrite({ link: { field, value: `cus_${n}` }, fields: { Name: `No. ${n}`, Phone: null } }),
        contextOf(n),
      ),
    ),
  );
  return { outcomes, requests: server.requests };
}

describe('Salesforce: a call of several events, on the wire', () => {
  it('carries records with their types, label and token, and the ids of all its events', async () => {
    const { requests } = await threeWrites([upserted(1), upserted(2)]);

    expect(requests[1]).toMatchObject({
      method: 'PATCH',
      url: `/services/data/v66.0/composite/sobjects/Account/${field}`,
      headers: {
        authorization: 'Bearer token',
        'sforce-call-options': 'client=millrace',
        'x-correlation-id': 'corr-1,corr-2',
      },
    });
    expect(requests[0]?.headers.traceparent).toBe(traceparent);
    expect(requests[1]?.headers).not.toHaveProperty('traceparent');
    expect(JSON.parse(requests[1]!.body)).toEqual({
      allOrNone: false,
      records: [1, 2].map((n) => ({
        attributes: { type: 'Account' },
        Name: `No. ${n}`,
        Phone: null,
        [field]: `cus_${n}`,
      })),
    });
  });

  it('asks for the fields of the mapping, and takes records by their ids, not by their places', async () => {
    const ids = ['001000000000001AAA', '001000000000002AAA', '001000000000003AAA'];
    const shown = ids.map((Id, n) => ({ attributes: { type: 'Account' }, Id, Name: `No. ${n}` }));
    const server = await stubServer(json(200, shown[0]), json(200, [shown[2], shown[1]]));
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    const outcomes = await Promise.all(ids.map((id, n) => connector.read(account, id, contextOf(n))));

    expect(outcomes).toMatchObject(
      ids.map((id, n) => ({ kind: 'success', value: { id, fields: { Name: `No. ${n}` } } })),
    );
    expect(decodeURIComponent(server.requests[1]!.url)).toBe(
      `/services/data/v66.0/composite/sobjects/Account?ids=${ids[1]},${ids[2]}&fields=Id,${Object.keys(account.fields).join(',')}`,
    );
  });

  // A trigger that throws for one record: Salesforce refuses all records of the call, by the same code.
  it('believes no refusal for good that a neighbour may have caused', async () => {
    const threw = refused('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'AccountTrigger: System.NullPointerException');

    const { outcomes, requests } = await threeWrites([threw, threw], upserted(1), threw);

    expect(requests).toHaveLength(4);
    expect(outcomes[1]).toMatchObject({ kind: 'success' });
    expect(outcomes[2]).toMatchObject({ kind: 'permanent', code: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY' });
  });

  it('asks alone where the call as a whole is refused for good', async () => {
    const unknown = json(400, [{ message: "No such column 'Nope__c'", errorCode: 'INVALID_FIELD' }]);
    const server = await stubServer(json(201, upserted(0)), unknown, json(201, upserted(1)), unknown);
    const connector = salesforceAt(new HeldCredentials(salesforceToken(server.url)));

    const outcomes = await Promise.all(
      [0, 1, 2].map((n) => connector.write(anAccountWrite({ link: { field, value: `cus_${n}` } }), contextOf(n))),
    );

    expect(outcomes.map(({ kind }) => kind)).toEqual(['success', 'success', 'permanent']);
    expect(outcomes[2]).toMatchObject({ code: 'INVALID_FIELD', status: 400 });
  });

  it('takes a locked row that a trigger hides for busy, of its record alone', async () => {
    const hidden = refused('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'UNABLE_TO_LOCK_ROW, unable to obtain access');

    const { outcomes } = await threeWrites([upserted(1), hidden]);

    expect(outcomes[1]).toMatchObject({ kind: 'success' });
    expect(outcomes[2]).toMatchObject({ kind: 'busy', code: 'UNABLE_TO_LOCK_ROW', operation: 'salesforce.upsert' });
  });

  it.each([
    ['too few results', [upserted(1)]],
    ['no list', upserted(1)],
    ['results without ids', [{ success: true }, { success: true }]],
  ])('takes %s for a transient failure of each', async (_what, answer) => {
    const { outcomes } = await threeWrites(answer);

    const unexpected = { kind: 'transient', code: 'unexpected-response', operation: 'salesforce.upsert' };
    expect(outcomes.slice(1)).toMatchObject([unexpected, unexpected]);
  });
});
