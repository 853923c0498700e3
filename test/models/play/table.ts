import type { StateItem } from '../../../functions/contract/state-table.ts';
import { atOnce, doneOrRefused, type Players } from './stage.ts';

export const tablePlayers: Players<'get' | 'get-many' | 'put' | 'put-many' | 'replace' | 'remove'> = {
  async get({ key }, { port }) {
    const item = await port.table.get(port.keyPrefix + key);
    return item === undefined ? 'absent' : contentOf(item);
  },
  async 'get-many'({ keys }, stage) {
    const { port } = stage;
    let items: readonly StateItem[] = [];
    const read = async () => {
      items = await port.table.getMany(keys.map((key) => port.keyPrefix + key));
    };
    if ((await doneOrRefused(stage, read())) === 'refused') return 'refused';
    const texts = items.map((item) => `${item.key.slice(port.keyPrefix.length)}=${contentOf(item)}`);
    return texts.toSorted().join(', ') || 'nothing';
  },
  put: ({ key, value, keptSeconds }, stage) =>
    doneOrRefused(stage, stage.port.table.put(stage.port.keyPrefix + key, value, keptSeconds)),
  'put-many': ({ keys, value }, stage) => {
    const { table, keyPrefix } = stage.port;
    return doneOrRefused(stage, table.putMany(new Map(keys.map((key) => [keyPrefix + key, value])), 3_600));
  },
  replace: ({ key, expected, value, times }, { port }) =>
    atOnce(times, 'replaced', async () =>
      (await port.table.replace(port.keyPrefix + key, expected, value)) ? 'replaced' : 'refused',
    ),
  remove: ({ key, generation }, stage) =>
    doneOrRefused(stage, stage.port.table.remove(stage.port.keyPrefix + key, generation)),
};

function contentOf({ value, generation }: StateItem): string {
  return `${JSON.stringify(value)} g${generation}`;
}
