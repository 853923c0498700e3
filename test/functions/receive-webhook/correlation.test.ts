import { describe, expect, test } from 'vitest';
import { createReceiver } from './receiver.ts';
import { customerEvent, fromStripe } from './samples.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

describe('the correlation id is', () => {
  test.each<{ title: string; headers: Record<string, string>; expected: string }>([
    { title: "the sender's own", headers: { 'x-correlation-id': 'order-17:A.b_c' }, expected: 'order-17:A.b_c' },
    { title: "the sender's longest", headers: { 'x-correlation-id': 'x'.repeat(128) }, expected: 'x'.repeat(128) },
    { title: 'the trace id', headers: { traceparent }, expected: traceId },
    {
      title: "the sender's own rather than the trace id",
      headers: { traceparent, 'x-correlation-id': 'own' },
      expected: 'own',
    },
    { title: 'made where there is none', headers: {}, expected: 'made-1' },
    { title: 'made instead of an empty one', headers: { 'x-correlation-id': '' }, expected: 'made-1' },
    { title: 'made instead of one too long', headers: { 'x-correlation-id': 'x'.repeat(129) }, expected: 'made-1' },
    {
      title: 'made instead of a forged line',
      headers: { 'x-correlation-id': 'a\n{"level":"INFO"}' },
      expected: 'made-1',
    },
    { title: 'made instead of a trailing line break', headers: { 'x-correlation-id': 'a\n' }, expected: 'made-1' },
    { title: 'made instead of markup', headers: { 'x-correlation-id': '<b>' }, expected: 'made-1' },
    { title: 'made instead of letters beyond ASCII', headers: { 'x-correlation-id': 'Zoë' }, expected: 'made-1' },
    { title: 'the trace id instead of markup', headers: { traceparent, 'x-correlation-id': '<b>' }, expected: traceId },
    { title: 'made instead of a malformed trace', headers: { traceparent: `00-${traceId}` }, expected: 'made-1' },
    {
      title: 'made instead of an all-zero trace id',
      headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` },
      expected: 'made-1',
    },
  ])('$title', async ({ headers, expected }) => {
    const receiver = createReceiver();

    const answer = await receiver.post(fromStripe(customerEvent(), { headers }));

    expect(answer.headers['x-correlation-id']).toBe(expected);
    expect(JSON.parse(answer.body)).toEqual({ status: 'accepted', correlationId: expected });
    expect(receiver.queued[0]?.message.correlationid).toBe(expected);
    expect(receiver.lines.map(({ fields }) => fields.correlationId)).toEqual([expected]);
  });
});

describe('traceparent', () => {
  test('travels on as it came', async () => {
    const receiver = createReceiver();

    await receiver.post(fromStripe(customerEvent(), { headers: { traceparent } }));

    expect(receiver.queued[0]?.message.traceparent).toBe(traceparent);
  });

  test.each([
    { title: 'of the forbidden version', sent: traceparent.replace(/^00/, 'ff') },
    { title: 'in upper case', sent: traceparent.toUpperCase() },
    { title: 'of a zero span', sent: `00-${traceId}-${'0'.repeat(16)}-01` },
    { title: 'with more behind it', sent: `${traceparent}, ${traceparent}` },
  ])('$title is left out', async ({ sent }) => {
    const receiver = createReceiver();

    await receiver.post(fromStripe(customerEvent(), { headers: { traceparent: sent } }));

    expect(receiver.queued[0]?.message.traceparent).toBeUndefined();
  });
});
