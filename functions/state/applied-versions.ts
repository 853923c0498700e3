import * as v from 'valibot';
import type { StateTable } from '../contract/state-table.ts';

/** How often a key's version may change under our hands before the work is handed back. */
const tries = 5;

const versionSchema = v.object({
  version: v.pipe(
    v.string(),
    v.regex(/^-?\d+$/),
    v.transform((text) => BigInt(text)),
  ),
});

/** The highest version of each record that a flow has begun to apply: with `payload: 'event'`, older ones are dropped. */
export interface AppliedVersions {
  /**
   * Claims a version before it is applied, and answers whether it may be: an equal one may be repeated, an older one not.
   * @throws {Error} where the key's version changed again and again meanwhile: hand the event back.
   */
  claim(flow: string, subject: string, version: bigint): Promise<boolean>;
}

/** Applied versions in the state table, for ever: `applied:<integration>:<flow>:<entity key>`. */
export function createAppliedVersions(table: StateTable, integration: string): AppliedVersions {
  return {
    async claim(flow, subject, version) {
      const key = `applied:${integration}:${flow}:${subject}`;
      for (let tried = 0; tried < tries; tried += 1) {
        const item = await table.get(key);
        const applied = item === undefined ? undefined : v.parse(versionSchema, item.value).version;
        if (applied !== undefined && applied >= version) return applied === version;
        if (await table.replace(key, item?.generation ?? 'absent', { version: String(version) })) return true;
      }
      throw new Error(`The applied version of ${key} changed ${tries} times meanwhile. Hand the event back.`);
    },
  };
}
