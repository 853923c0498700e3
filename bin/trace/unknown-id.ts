import { mapBounded } from '../../functions/engine/map-bounded.ts';
import type { OpenStage } from '../connect-stage.ts';
import { UnknownNameError } from '../errors.ts';
import { nearestTo, orOf } from '../nearest.ts';
import type { Part } from '../parts.ts';
import { isLogged, parseEntry } from './log-entry.ts';
import type { Span } from './stage-logs.ts';

/** How far back what came lately is looked for, to find what may have been meant. */
const latelyMs = 60 * 60_000;

/** Nothing has that id: the error names the nearest that were seen lately. */
export async function unknownId(
  stage: OpenStage,
  flows: readonly Part[],
  id: string,
  { fromMs, toMs }: Span,
  since: string,
): Promise<UnknownNameError> {
  const lately = { fromMs: Math.max(fromMs, toMs - latelyMs), toMs };
  const { lines } = await stage.logs.find('event queued', lately);
  const entries = lines.flatMap((line) => parseEntry(line) ?? []);
  const parked = await mapBounded(flows, 8, ({ integration, name }) =>
    stage.parkingOf(integration).store.unsettled(name),
  );
  const known = [...entries, ...parked.flat()].flatMap(({ eventId, subject }) => [eventId ?? [], subject ?? []].flat());
  const correlated = entries.flatMap(({ correlationId }) => correlationId ?? []);
  const ids = [...known, ...correlated];
  const meant = ids.length === 0 ? '' : ` Did you mean ${orOf(nearestTo(id, ids))}?`;
  const notLogged = isLogged(id) ? '' : ' Ids with such characters are not logged: only what is parked was looked at.';
  return new UnknownNameError(
    `No event, correlation id or key '${id}' was seen in the last ${since}, and none is parked.${meant}${notLogged} ` +
      '--since looks further back; a line takes some seconds to come into the logs.',
  );
}
