/**
 * One container of a function, as Lambda has it: a process that runs the built bundle on whatever events it is sent, one
 * after the other, and answers what the handler does: `{ result }`, or `{ error }` with its message. Argument: the bundle's
 * file. Its output is its log.
 */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';

/** As the stage `local` has it. */
const timeoutMs = 5_000;

const { handler } = await import(pathToFileURL(process.argv[2] ?? '').href);

process.on('message', async (event) => {
  const deadline = Date.now() + timeoutMs;
  const context = {
    awsRequestId: randomUUID(),
    functionName: 'bundle-worker',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bundle-worker',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    process.send?.({ result: await handler(event, context) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
