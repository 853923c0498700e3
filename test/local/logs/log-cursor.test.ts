import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogCursor, type LogLine } from '../../../local/logs/log-cursor.ts';

const line = (timestamp: number, message: string, logStreamName = 's'): LogLine => ({
  timestamp,
  message,
  logStreamName,
});
const messages = (lines: readonly LogLine[]) => lines.map(({ message }) => message);

describe('a log cursor', () => {
  it('takes a line once, though readings overlap', () => {
    const cursor = createLogCursor(0);
    const first = [line(10_000, 'a'), line(10_000, 'b')];

    expect(messages(cursor.take(first))).toEqual(['a', 'b']);
    expect(messages(cursor.take([...first, line(10_001, 'c')]))).toEqual(['c']);
  });

  it('takes a line that appears late', () => {
    const cursor = createLogCursor(0);
    cursor.take([line(10_000, 'a')]);

    expect(cursor.startTime).toBeLessThanOrEqual(9_000);
    expect(messages(cursor.take([line(9_000, 'late', 't'), line(10_000, 'a')]))).toEqual(['late']);
  });

  it('takes equal lines as often as they were written', () => {
    const cursor = createLogCursor(0);

    expect(cursor.take([line(5, 'same'), line(5, 'same')])).toHaveLength(2);
    expect(cursor.take([line(5, 'same'), line(5, 'same'), line(5, 'same')])).toHaveLength(1);
  });

  it('never begins before its own beginning', () => {
    const cursor = createLogCursor(10_000);
    cursor.take([line(10_500, 'a')]);

    expect(cursor.startTime).toBe(10_000);
  });

  it('goes by the id where there is one', () => {
    const cursor = createLogCursor(0);
    const a = { ...line(1, 'same'), eventId: '1' };
    const b = { ...line(1, 'same'), eventId: '2' };

    expect(cursor.take([a])).toHaveLength(1);
    expect(cursor.take([b, a])).toEqual([b]);
  });

  it('loses and doubles nothing, however the lines come in', () => {
    const written = fc.array(fc.record({ at: fc.nat(20_000), delay: fc.nat(2_500), text: fc.constantFrom('x', 'y') }));
    fc.assert(
      fc.property(written, fc.integer({ min: 50, max: 4_000 }), (lines, interval) => {
        const cursor = createLogCursor(0);
        const taken: LogLine[] = [];
        for (let now = 0; now <= 30_000; now += interval) {
          const from = cursor.startTime;
          const visible = lines.filter(({ at, delay }) => at >= from && at + delay <= now);
          taken.push(
            ...cursor.take(visible.map(({ at, text }) => line(at, text)).sort((a, b) => a.timestamp! - b.timestamp!)),
          );
        }
        const names = (all: readonly LogLine[]) => all.map(({ timestamp, message }) => `${timestamp}${message}`).sort();
        expect(names(taken)).toEqual(names(lines.map(({ at, text }) => line(at, text))));
      }),
    );
  });
});
