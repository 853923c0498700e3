import { expect, it } from 'vitest';
import { newWebhookSecret } from '../../local/systems.ts';

it("makes up secrets in the form of the scheme's senders, never the same twice", () => {
  expect(newWebhookSecret('stripe')).toMatch(/^whsec_[0-9a-f]{32}$/);
  expect(newWebhookSecret('salesforce-callout')).toMatch(/^[0-9a-f]{64}$/);
  expect(newWebhookSecret('stripe')).not.toBe(newWebhookSecret('stripe'));
});
