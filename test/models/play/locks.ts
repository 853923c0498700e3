import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Port } from '../port.ts';
import { atOnce, doneOrRefused, type Players } from './stage.ts';

export const lockPlayers: Players<'lock' | 'complete' | 'unlock' | 'look'> = {
  lock: ({ key, runsMs, keptSeconds, times }, { port }) =>
    atOnce(times, 'locked', async () => {
      try {
        await layer(port, keptSeconds).saveInProgress(key, runsMs);
        return 'locked';
      } catch (error) {
        if (!(error instanceof IdempotencyItemAlreadyExistsError)) throw error;
        return `held: ${contentOf(error.existingRecord)}`;
      }
    }),
  complete: ({ key, result, keptSeconds }, stage) =>
    doneOrRefused(stage, layer(stage.port, keptSeconds).saveSuccess(key, result)),
  unlock: ({ key }, stage) => doneOrRefused(stage, layer(stage.port).deleteRecord(key)),
  async look({ key }, { port }) {
    try {
      return contentOf(await layer(port).getRecord(key));
    } catch (error) {
      if (!(error instanceof IdempotencyItemNotFoundError)) throw error;
      return 'absent';
    }
  },
};

/** As `createOnce` configures it, but for the time that a record is kept. */
function layer(port: Port, expiresAfterSeconds = 3_600): BasePersistenceLayer {
  const persistence = port.persistence();
  const config = new IdempotencyConfig({ expiresAfterSeconds, hashFunction: 'sha256' });
  persistence.configure({ config, keyPrefix: port.keyPrefix });
  return persistence;
}

function contentOf(record: IdempotencyRecord | undefined): string {
  const response: unknown = record?.getResponse();
  return `${record?.getStatus()}${response === undefined ? '' : ` ${JSON.stringify(response)}`}`;
}
