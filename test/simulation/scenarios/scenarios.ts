import type { Scenario } from '../plan.ts';
import { allAtOnce } from './all-at-once.ts';
import { calm } from './calm.ts';
import { events } from './events.ts';
import { failing } from './failing.ts';
import { limits } from './limits.ts';
import { long } from './long.ts';
import { outages } from './outages.ts';
import { parking } from './parking.ts';
import { records } from './records.ts';
import { sharing } from './sharing.ts';
import { tokens } from './tokens.ts';

/** All of them, in the order of the issue; the long ones last. */
export const scenarios: readonly Scenario[] = [
  ...calm,
  ...outages,
  ...failing,
  ...events,
  ...records,
  ...sharing,
  ...parking,
  ...limits,
  ...tokens,
  allAtOnce,
  ...long,
];
