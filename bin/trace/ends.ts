import * as v from 'valibot';
import type { Integration, Part } from '../parts.ts';

/** A record's kind, and where it is. */
export interface End {
  readonly system: string;
  readonly object: string;
}

const endSchema = v.object({ system: v.string(), object: v.string() });

/** What of a flow's specification a trace tells. */
const flowSchema = v.object({
  direction: v.picklist(['left', 'right']),
  mapping: v.object({ left: endSchema, right: endSchema }),
});

/** What a flow reads and what it writes; undefined of a flow that the integrations no longer have. */
export function endsOf(
  { integration, name }: Part,
  integrations: readonly Integration[],
): { readonly source: End; readonly destination: End } | undefined {
  const flow = integrations.find((each) => each.name === integration)?.flows[name];
  const parsed = v.safeParse(flowSchema, flow);
  if (!parsed.success) return undefined;
  const { left, right } = parsed.output.mapping;
  return parsed.output.direction === 'right'
    ? { source: left, destination: right }
    : { source: right, destination: left };
}
