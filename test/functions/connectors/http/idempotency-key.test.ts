import { expect, it } from 'vitest';
import { idempotencyKey } from '../../../../functions/connectors/http/idempotency-key.ts';

it('is a UUID of version 8, the same for the same event and another for any other', () => {
  const keys = ['["flow","evt_1","cus_1"]', '["flow","evt_1","cus_1"]', '["flow","evt_2","cus_1"]'].map(idempotencyKey);

  expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});
