import type { Case } from './case.ts';
import { deduplicationCases } from './deduplication.ts';
import { lockCases } from './locks.ts';
import { queueCases } from './queue.ts';
import { tableCases } from './table.ts';

/** All that the models are held to, in the order of the table that is printed. */
export const script: readonly Case[] = [...queueCases, ...deduplicationCases, ...tableCases, ...lockCases];
