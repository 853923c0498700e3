import { tableOf } from '../tables.ts';
import type { Answered } from './post.ts';

/** Answers of one kind, and their latencies in milliseconds. */
export interface AnswerCount {
  readonly answer: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** By answer, the most frequent first. */
export function countAnswers(answers: readonly Answered[]): AnswerCount[] {
  const groups = [...Map.groupBy(answers, ({ status }) => String(status))];
  return groups
    .map(([answer, group]) => ({ answer, count: group.length, ...latenciesOf(group.map(({ ms }) => ms)) }))
    .toSorted((one, other) => other.count - one.count);
}

/** By nearest rank: each is a latency that was measured. */
function latenciesOf(ms: readonly number[]): { p50: number; p95: number; max: number } {
  const sorted = ms.toSorted((one, other) => one - other);
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return { p50: at(50), p95: at(95), max: at(100) };
}

export function answerTable(answers: readonly Answered[]): string {
  const counts = countAnswers(answers);
  const all =
    counts.length > 1 ? [{ answer: 'all', count: answers.length, ...latenciesOf(answers.map(({ ms }) => ms)) }] : [];
  const rows = [...counts, ...all].map(({ answer, count, p50, p95, max }) => [
    answer,
    String(count),
    ...[p50, p95, max].map((ms) => ms.toFixed(1)),
  ]);
  return tableOf(['Answer', 'Count', 'p50 ms', 'p95 ms', 'max ms'], rows);
}

const width = 24;

/** `████████░░░░ 57 of 200, 31 a second` */
export function progressOf(done: number, all: number, elapsedMs: number): string {
  const filled = Math.round((width * done) / all);
  const rate = elapsedMs > 0 ? Math.round((done * 1000) / elapsedMs) : 0;
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done} of ${all}, ${rate} a second`;
}
