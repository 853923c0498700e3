/** `2026-11-20T07:22:19.000+0000`: REST dates have whole seconds, and an offset without a colon (facts, B.7). */
export const salesforceTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000+0000`;
