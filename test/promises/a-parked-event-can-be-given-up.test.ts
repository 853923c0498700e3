import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { aws } from '../support/clients.ts';
import { announce, unannouncedCustomers } from './support/events.ts';
import { logEntry } from './support/logs.ts';
import { aMessage } from './support/messages.ts';
import { millrace } from './support/millrace.ts';
import { type ParkedItem, parked, parkedAbout } from './support/parked.ts';
import { flows, queueUrl } from './support/queues.ts';
import { openScene, watchCalls } from './support/scene.ts';
import { clearFaults, setFault } from './support/systems.ts';

const flow = flows.fromStripe;

await openScene();

/** An event of a record of its own, parked; what refused it is mended. */
async function aParkedEvent() {
  const [record] = await unannouncedCustomers(1);
  await setFault('salesforce', { fault: 'no-such-field', operation: 'upsert', record: record!.id });
  const eventId = await announce(record!);
  await parked(eventId);
  await clearFaults();
  return { eventId, recordId: record!.id };
}

/** Queues the event once more, as when its source repeats it after SQS has forgotten it. */
async function repeat(eventId: string, recordId: string): Promise<void> {
  const message = aMessage(flow, recordId, { id: eventId });
  const ids = { MessageGroupId: randomUUID(), MessageDeduplicationId: randomUUID() };
  await aws.sqs.send(
    new SendMessageCommand({ QueueUrl: await queueUrl(flow), MessageBody: JSON.stringify(message), ...ids }),
  );
  const skipped = await logEntry({ message: 'event skipped', correlationId: message.correlationid });
  expect(skipped).toMatchObject({ eventId, reason: 'seen before' });
}

it('discarded with a reason: settled, and never delivered, also where its source repeats it', async () => {
  const { eventId, recordId } = await aParkedEvent();
  const calls = await watchCalls();
  const discard = (...args: string[]) => millrace('parked', 'discard', ...args);

  const wrong = [await discard(eventId), await discard(`${eventId}0`, '--reason', 'a test account')];
  const discarded = await discard(eventId, '--reason', 'a test account');
  const again = await discard(eventId, '--reason', 'once more');
  const released = await millrace('parked', 'release', eventId);

  expect(wrong.map(({ code }) => code)).toEqual([2, 3]);
  expect(wrong[1]?.errors).toContain(`Did you mean '${eventId}'?`);
  expect(discarded.code).toBe(0);
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('discarded already: a test account') });
  expect(released).toMatchObject({ code: 1, output: expect.stringContaining('it is discarded already') });
  const [{ body, ...item }] = (await parkedAbout(eventId)) as [ParkedItem];
  expect(item).toMatchObject({ status: 'discarded', note: 'a test account', expiresAt: expect.any(Number) });
  expect(body).toBeUndefined();
  await repeat(eventId, recordId);
  expect((await calls('salesforce')).filter(({ path }) => path.endsWith(recordId))).toEqual([]);
});

it('erased by its key: nothing of the record is left in the table, and it is never delivered', async () => {
  const { eventId, recordId } = await aParkedEvent();
  const erase = (...args: string[]) => millrace('parked', 'erase', '--key', recordId, ...args);

  const unasked = await erase();
  const erased = await erase('--yes');
  const again = await erase('--yes');

  expect(unasked).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') });
  expect(erased).toMatchObject({ code: 0, output: expect.stringContaining('Erased 1 event.') });
  expect(again).toMatchObject({ code: 3, errors: expect.stringContaining(`Nothing is parked of the key`) });
  expect(await parkedAbout(recordId)).toEqual([]);
  const [{ pk: _, sk, ...left }] = (await parkedAbout(eventId)) as [ParkedItem];
  const when = { parkedMs: expect.any(Number), settledMs: expect.any(Number), expiresAt: expect.any(Number) };
  expect([sk, left]).toEqual([eventId, { status: 'erased', generation: 1, ...when }]);
  await repeat(eventId, recordId);
});
