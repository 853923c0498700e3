import { expect, it } from 'vitest';
import { createTokens } from '../../../functions/state/tokens.ts';
import { MemoryTable } from '../deliver-event/support/state-table.ts';

const nothing = { issuedMs: undefined, hash: undefined, early: 0, lease: undefined, refusal: undefined };
const token = { ...nothing, issuedMs: 1_000, hash: 'ab', early: 2 };

it('reads what was written, of the integration and system it was written for', async () => {
  const table = new MemoryTable();
  const tokens = createTokens(table, 'orders');
  const lease = { holder: 'me', untilMs: 2_000 };
  const refusal = { credentials: 'cd', code: 'invalid_client', atMs: 500 };

  const before = await tokens.read('crm');
  const written = await tokens.replace('crm', before, { ...token, lease, refusal });

  expect(before).toEqual({ ...nothing, generation: 'absent' });
  expect(written).toEqual({ ...token, lease, refusal, generation: 1 });
  expect(await tokens.read('crm')).toEqual(written);
  expect(await tokens.read('erp')).toEqual(before);
  expect(await createTokens(table, 'leads').read('crm')).toEqual(before);
  expect(table.valuesOf('token:orders:')).toMatchObject({ crm: { issuedMs: 1_000 } });
});

it('of two who saw the same, one writes', async () => {
  const tokens = createTokens(new MemoryTable(), 'orders');
  const seen = await tokens.read('crm');

  const first = await tokens.replace('crm', seen, token);
  const second = await tokens.replace('crm', seen, nothing);

  expect([first?.generation, second]).toEqual([1, undefined]);
  expect(await tokens.read('crm')).toMatchObject(token);
});
