import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHandler } from '../../../functions/receive-event/handler.ts';
import type { System } from '../../../functions/specification/system.ts';
import stripe from '../../../integrations/salesforce-stripe/systems/stripe.ts';

const variables = {
  POWERTOOLS_SERVICE_NAME: 'salesforce-stripe/stripe',
  POWERTOOLS_METRICS_NAMESPACE: 'millrace-test',
  AWS_REGION: 'eu-central-1',
  QUEUE_URLS: '{"flow":"https://queue"}',
  DATA_BUCKET: 'data',
};

afterEach(() => vi.unstubAllEnvs());

function create(system: System = stripe) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return createHandler({ integration: 'salesforce-stripe', system, flows: [] });
}

describe('the handler', () => {
  it('answers in the shape in which Lambda hears of single messages', async () => {
    const handler = create();
    const Records = ['good', 'bad'].map((messageId) => ({
      messageId,
      body: messageId === 'bad' ? '{' : JSON.stringify({ id: 'e1', source: 's', detail: { id: 'evt_1', type: 'x' } }),
    }));

    const answer = await handler({ Records } as never, { functionName: 'f' } as never);

    // AWS takes any other shape as a batch that failed whole.
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  });

  it('is refused for a system without a bridge', () => {
    expect(() => create({ ...stripe, bridge: undefined } as System)).toThrow(
      'systems.stripe has no bridge: it needs no receiver of its events.',
    );
  });
});
