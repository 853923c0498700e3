import { breakerChecks } from './checks/breaker.ts';
import { destinationChecks } from './checks/destination.ts';
import { dueChecks } from './checks/due.ts';
import { haltChecks } from './checks/halts.ts';
import { limitChecks } from './checks/limits.ts';
import { lossChecks } from './checks/loss.ts';
import { parkedChecks } from './checks/parked.ts';
import { requestChecks } from './checks/requests.ts';
import { restChecks } from './checks/rest.ts';
import { tableChecks } from './checks/table.ts';
import { patienceChecks, tokenChecks } from './checks/tokens.ts';
import type { AtRest } from './run.ts';

/** What must hold in every run. */
export const invariants = [
  'nothing is lost',
  'every dead letter has its reason',
  'attempts are calls that reached out',
  'nothing is parked without need',
  'what can never succeed is parked',
  'neighbours of a killer are never parked',
  'a park request is heard',
  'every dead letter ends in the parked table',
  'released means delivered',
  'a halt holds',
  'superseded means a later state was delivered',
  'what is erased stays erased',
  'the lists are empty when all is settled',
  'one destination record for each source record',
  'states of one record are applied in order',
  'the applied version never goes back',
  'the destination ends with the newest state',
  'no call starts while the breaker is open',
  'one probe at a time',
  'one probe an interval',
  'probes only while open',
  'what is handed back comes back when it is due',
  'the backlog moves soon after the return',
  'a refusal of all records holds the flow, and no other',
  'an invocation ends before AWS ends it',
  'never over rate x time + burst',
  'the daily budget is never exceeded',
  'lower classes leave their part of the budget',
  'a spent quota is left alone',
  'a hint of the system holds everybody',
  'one refresh at a time',
  'no refresh of a token that was just made',
  'refused credentials are left alone',
  'nothing is parked for a limit or a token',
  'it comes to rest',
] as const;

/** A promise that a run broke. */
export interface Violation {
  readonly invariant: (typeof invariants)[number];
  readonly detail: string;
  /** Time of it, where it has one. */
  readonly atMs?: number;
}

/** Judges one aspect of a run by its trace, and by how the world looks at its end. */
export type Check = (world: AtRest) => Violation[];

const checks: readonly Check[] = [
  lossChecks,
  parkedChecks,
  requestChecks,
  tableChecks,
  haltChecks,
  destinationChecks,
  breakerChecks,
  dueChecks,
  limitChecks,
  tokenChecks,
  patienceChecks,
  restChecks,
];

/** Everything that a run broke; the code under test has no part in this. */
export function violationsOf(world: AtRest): Violation[] {
  return checks.flatMap((check) => check(world));
}
