import * as v from 'valibot';
import type { StateTable } from '../contract/state-table.ts';
import { contended, whileContended } from '../engine/contended.ts';

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
   * @throws {ContendedError} where the key's version changed again and again meanwhile: hand the event back.
   */
  claim(flow: string, subject: string, version: bigint): Promise<boolean>;
}

/** Applied versions in the state table, for ever: `applied:<integration>:<flow>:<entity key>`. */
export function createAppliedVersions(table: StateTable, integration: string): AppliedVersions {
  return {
    claim(flow, subject, version) {
      const key = `applied:${integration}:${flow}:${subject}`;
      return whileContended(`The applied version of ${key}`, async () => {
        const item = await table.get(key);
        const applied = item === undefined ? undefined : v.parse(versionSchema, item.value).version;
        if (applied !== undefined && applied >= version) return applied === version;
        const isOurs = await table.replace(key, item?.generation ?? 'absent', { version: String(version) });
        return isOurs || contended;
      });
    },
  };
}
