import type { QueueRecord } from '../../../functions/contract/delivery.ts';
import { doneOrRefused, type Players, type Stage } from './stage.ts';

/** The clocks of AWS and of this machine may differ by so much, in milliseconds. */
const clockSlackMs = 5_000;

export const queuePlayers: Players<
  'send' | 'receive' | 'receive-dead' | 'hand-back' | 'settle' | 'park' | 'sent-times' | 'wait'
> = {
  async send({ group, body, deduplicationId }, { port, sent }) {
    const fromMs = port.now();
    const messageId = await port.send({ group, body, deduplicationId });
    if (sent.has(messageId)) return 'duplicate';
    sent.set(messageId, { fromMs, toMs: port.now() });
    return 'new';
  },
  async receive({ most }, stage, documented) {
    return told(await stage.port.receive(most, countIn(documented)), stage, () => '');
  },
  async 'receive-dead'(_call, stage, documented) {
    const isSame = ({ messageId }: QueueRecord) => (stage.sent.has(messageId) ? ' (same id)' : ' (another id)');
    return told(await stage.port.receiveDead(countIn(documented)), stage, isSame);
  },
  'hand-back': ({ of, seconds }, stage) => doneOrRefused(stage, stage.port.handBack(recordsOf(of, stage), seconds)),
  settle: ({ of }, stage) => doneOrRefused(stage, stage.port.settle(recordsOf(of, stage))),
  park: ({ of, generation }, stage) =>
    doneOrRefused(stage, stage.port.sendDeadLetter(recordOf(of, stage), { eventId: of, generation })),
  async 'sent-times'({ of }, { received, sent }) {
    const records = received.get(of) ?? [];
    const isRight = ({ messageId, sentMs }: QueueRecord) => {
      const { fromMs = Number.NaN, toMs = Number.NaN } = sent.get(messageId) ?? {};
      return sentMs === records[0]?.sentMs && sentMs > fromMs - clockSlackMs && sentMs < toMs + clockSlackMs;
    };
    return records.length > 0 && records.every(isRight) ? 'when it was sent' : 'another time';
  },
  async wait({ seconds }, { port }) {
    await port.wait(seconds);
    return 'done';
  },
};

function countIn(documented: string): number {
  return documented.match(/×/g)?.length ?? 0;
}

/** In order inside a group, the groups by their names. */
function told(records: readonly QueueRecord[], { received }: Stage, remark: (record: QueueRecord) => string): string {
  for (const record of records) received.set(record.body, [...(received.get(record.body) ?? []), record]);
  const inGroups = records.toSorted((one, other) => one.groupId.localeCompare(other.groupId));
  const texts = inGroups.map((record) => `${record.body}×${record.receiveCount}${remark(record)}`);
  return texts.join(' ') || 'nothing';
}

/** `a1` is its last receive, `a1#1` the first one, `unknown` none that there ever was. */
function recordsOf(names: readonly string[], stage: Stage): QueueRecord[] {
  return names.map((name) => recordOf(name, stage));
}

function recordOf(name: string, { received }: Stage): QueueRecord {
  if (name === 'unknown') return neverReceived;
  const [body = '', nth] = name.split('#');
  const record = received.get(body)?.at(nth === undefined ? -1 : Number(nth) - 1);
  if (record === undefined) throw new Error(`The script names ${name}, which was not received before.`);
  return record;
}

const neverReceived: QueueRecord = {
  messageId: 'unknown',
  receiptHandle: 'unknown',
  groupId: '',
  receiveCount: 0,
  sentMs: 0,
  body: '',
};
