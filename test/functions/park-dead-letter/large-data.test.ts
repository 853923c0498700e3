import { describe, expect, it } from 'vitest';
import type { DeadLetterRecord } from '../../../functions/park-dead-letter/dead-letter.ts';
import { parkDeadLetters } from '../../../functions/park-dead-letter/park.ts';
import { aMessage } from '../deliver-event/support/factories.ts';
import { aLetter } from '../parking/support/parked-events.ts';
import { aParking, flow, subject } from '../parking/support/parking.ts';

/** The dead letter of an event whose data is in the bucket. */
async function aLargeLetter() {
  const { services, listed, store, largeData, telemetry } = aParking();
  await listed(['e1']);
  const message = aMessage({ id: 'e1', subject, data: undefined, ...largeData.hold(flow, 'e1', { id: subject }) });
  const record: DeadLetterRecord = {
    flow,
    messageId: 'm1',
    groupId: 'g1',
    sentMs: Date.now(),
    body: JSON.stringify(message),
    sent: { letter: aLetter, generation: 1 },
  };
  const park = () => parkDeadLetters([record], { ...services, telemetry, largeData });
  return { park, record, store, largeData };
}

describe('a dead letter of a large event', () => {
  it('is stored once its data is where it is kept', async () => {
    const { park, record, store, largeData } = await aLargeLetter();
    const { dataref, datasize } = JSON.parse(record.body);

    await park();

    const [item] = store.all();
    const kept = dataref.replace(/^events/, 'parked');
    expect(item).toMatchObject({ status: 'parked', dataBytes: datasize });
    expect(JSON.parse(item?.body ?? '')).toEqual({ ...JSON.parse(record.body), dataref: kept });
    expect(largeData.objects.has(kept)).toBe(true);
  });

  it('stays where it is while the bucket can not be had', async () => {
    const { park, record, store, largeData } = await aLargeLetter();
    largeData.isDown = true;

    const answer = await park();

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: record.messageId }]);
    expect(store.all()).toEqual([]);
  });

  it('is stored as it is where its data is gone: its flow may not need it', async () => {
    const { park, record, store, largeData } = await aLargeLetter();
    largeData.objects.clear();

    await park();

    expect(JSON.parse(store.all()[0]?.body ?? '')).toEqual(JSON.parse(record.body));
  });
});
