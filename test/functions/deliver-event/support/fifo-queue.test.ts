import { describe, expect, it } from 'vitest';
import { FifoQueue, type FifoQueueOptions } from './fifo-queue.ts';

/** A queue with a clock; its messages' bodies are their names. */
function aQueue(options: FifoQueueOptions = {}) {
  let nowMs = 1_000_000;
  const queue = new FifoQueue(() => nowMs, { visibilityTimeoutMs: 30_000, ...options });
  const send = (groupId: string, body: string, deduplicationId = body) =>
    queue.send({ groupId, deduplicationId, body });
  const receive = (most?: number) => queue.receive(most).map(({ body }) => body);
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { queue, send, receive, advance };
}

describe('the model of an SQS FIFO queue', () => {
  it('gives out a mix of groups, each in order, at most ten at once', () => {
    const { send, receive } = aQueue();
    for (const body of ['a1', 'b1', 'a2', 'c1', 'b2']) send(body.slice(0, 1), body);
    for (let nth = 0; nth < 9; nth += 1) send(`g${nth}`, `m${nth}`);

    const [first, second] = [receive(), receive()];

    expect(first).toEqual(['a1', 'b1', 'a2', 'c1', 'b2', 'm0', 'm1', 'm2', 'm3', 'm4']);
    expect(second).toEqual(['m5', 'm6', 'm7', 'm8']);
  });

  it('gives out nothing of a group that has a message in flight, until that is deleted or visible again', () => {
    const { queue, send, receive, advance } = aQueue();
    send('a', 'a1');
    const [first] = queue.receive();
    send('a', 'a2');

    const whileInFlight = receive();
    queue.changeVisibility([first?.receiptHandle ?? ''], 5);
    advance(4_999);
    const stillInFlight = receive();
    advance(1);
    const visibleAgain = receive();

    expect([whileInFlight, stillInFlight, visibleAgain]).toEqual([[], [], ['a1', 'a2']]);
  });

  it('gives out what stands before a message in flight, and nothing behind it', () => {
    const { queue, send, receive, advance } = aQueue();
    for (const body of ['a1', 'a2', 'a3']) send('a', body);
    const [first, , third] = queue.receive();

    queue.changeVisibility([first?.receiptHandle ?? '', third?.receiptHandle ?? ''], 1);
    advance(1_000);
    const early = queue.receive();
    queue.deleteAll(early.map(({ receiptHandle }) => receiptHandle));
    const dueAtMs = queue.nextVisibleAtMs();
    advance(29_000);

    expect(early.map(({ body }) => body)).toEqual(['a1']);
    expect(dueAtMs).toBe(1_030_000);
    expect(receive()).toEqual(['a2', 'a3']);
  });

  it('knows a deduplication id for five minutes, in its group', () => {
    const { queue, send, receive, advance } = aQueue();
    const first = send('a', 'once', 'd');
    queue.deleteAll(queue.receive().map(({ receiptHandle }) => receiptHandle));

    advance(299_999);
    const repeated = send('a', 'twice', 'd');
    send('b', 'elsewhere', 'd');
    advance(1);
    send('a', 'later', 'd');

    expect(repeated).toBe(first);
    expect(receive()).toEqual(['elsewhere', 'later']);
  });

  it('counts receives, and voids a receipt handle once its message is visible again', () => {
    const { queue, send, advance } = aQueue();
    send('a', 'a1');
    const [first] = queue.receive();
    advance(30_000);
    const [second] = queue.receive();

    expect([first?.receiveCount, second?.receiveCount]).toEqual([1, 2]);
    expect(() => queue.deleteAll([first?.receiptHandle ?? ''])).toThrow('ReceiptHandleIsInvalid');
    expect(() => queue.changeVisibility([first?.receiptHandle ?? ''], 1)).toThrow('ReceiptHandleIsInvalid');
  });

  it('refuses a wait that SQS would refuse', () => {
    const { queue, send } = aQueue();
    send('a', 'a1');
    const handles = queue.receive().map(({ receiptHandle }) => receiptHandle);

    for (const seconds of [-1, 1.5, 43_201]) {
      expect(() => queue.changeVisibility(handles, seconds)).toThrow('InvalidParameterValue');
    }
    expect(() => queue.changeVisibility(Array(11).fill(handles[0]), 1)).toThrow('TooManyEntries');
  });

  it('counts the longest wait of twelve hours from the receive', () => {
    const { queue, send, advance } = aQueue({ visibilityTimeoutMs: 600_000 });
    send('a', 'a1');
    const handles = queue.receive().map(({ receiptHandle }) => receiptHandle);
    advance(60_000);

    expect(() => queue.changeVisibility(handles, 43_141)).toThrow('InvalidParameterValue');
    expect(() => queue.changeVisibility(handles, 43_140)).not.toThrow();
  });

  it('does what it can of a batch, tells of the rest, and deletes twice without a word', () => {
    const { queue, send } = aQueue();
    for (const body of ['a1', 'b1']) send(body.slice(0, 1), body);
    const [first = '', second = ''] = queue.receive().map(({ receiptHandle }) => receiptHandle);

    expect(() => queue.changeVisibility(['unknown', first], 5)).toThrow('ReceiptHandleIsInvalid');
    expect(() => queue.deleteAll(['unknown', first])).toThrow('ReceiptHandleIsInvalid');
    queue.deleteAll([first, second]);

    expect(queue.messages).toEqual([]);
    expect(() => queue.deleteAll([])).toThrow('EmptyBatchRequest');
  });

  it('tells when a message was sent', () => {
    const { queue, send, advance } = aQueue();
    send('a', 'a1');
    advance(5_000);

    expect(queue.receive()).toMatchObject([{ sentMs: 1_000_000 }]);
  });

  it('moves a message away after too many receives, and forgets one after fourteen days', () => {
    const deadLetters = new FifoQueue(() => 0);
    const { queue, send, receive, advance } = aQueue({ maxReceiveCount: 2, deadLetters });
    const poison = send('a', 'poison');
    for (let nth = 0; nth < 2; nth += 1) {
      receive();
      advance(30_000);
    }
    const third = receive();
    send('b', 'old');
    advance(14 * 24 * 60 * 60_000);

    expect(third).toEqual([]);
    expect(deadLetters.messages).toMatchObject([{ body: 'poison', messageId: poison, receiveCount: 2 }]);
    expect(receive()).toEqual([]);
    expect(queue.messages).toEqual([]);
  });
});
