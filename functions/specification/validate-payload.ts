import type { Flow } from './flow.ts';
import type { Integration } from './integration.ts';
import { resolvePolicies } from './policies.ts';
import type { Report } from './problem.ts';

/** Holds a flow to a source that tells what the flow relies on: which state is the later one, and what it is. */
export function checkPayload(path: string, flow: Flow, integration: Integration, report: Report): void {
  const { policies } = integration;
  const { version, fields } = flow.source;
  const lacks = (name: 'version' | 'fields', because: string, remedy: string) =>
    report(`${path}.source.${name}`, `is missing, but ${because}`, remedy);
  const { afterDeadLetter } = resolvePolicies(policies, flow.policies).parking;
  const halts = afterDeadLetter === 'halt-key';
  checkLatestState(path, flow, integration, report, halts);
  // What is appended is no state, and never an older one.
  const isState = flow.payload === 'event' && flow.operation !== 'append';
  if (isState && version === undefined) {
    lacks(
      'version',
      "payload is 'event'",
      "Let it answer a number that rises with each state, or use payload: 'reread'.",
    );
  } else if (halts && version === undefined) {
    const remedy = "Let it answer a number that rises with each state, or use afterDeadLetter: 'continue'.";
    lacks('version', "policies.parking.afterDeadLetter is 'halt-key'", remedy);
  }
  if (flow.payload === 'event' && fields === undefined) {
    lacks('fields', "payload is 'event'", "Let it answer the record's fields, or use payload: 'reread'.");
  }
}

/** What tells the latest state only, in any order, is a hint: there is no older or later one to tell apart. */
function checkLatestState(path: string, flow: Flow, { systems }: Integration, report: Report, halts: boolean): void {
  const { system } = flow.source;
  const scheme = systems[system]?.webhook?.scheme;
  if (!scheme?.latestStateOnly) return;
  const because = `but ${scheme.name} of systems.${system} tells the latest state only, in no order`;
  if (flow.payload === 'event') report(`${path}.payload`, `is 'event', ${because}`, "Use payload: 'reread'.");
  if (halts) {
    const remedy = "Use afterDeadLetter: 'continue'.";
    report(`${path}.policies.parking.afterDeadLetter`, `is 'halt-key', ${because}`, remedy);
  }
}
