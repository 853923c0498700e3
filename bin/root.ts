import { dirname } from 'node:path';

/** The checkout, or the installed package: what is built for the latter lies one folder deep, as this file does. */
export const root = dirname(import.meta.dirname);
