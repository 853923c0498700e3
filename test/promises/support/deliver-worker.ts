/**
 * One more container of a delivery function: a process that runs the built bundle on messages about one record, over
 * and over, until it is ended. Arguments: the bundle's file and the record's id. What it logs goes to its output.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [file = '', subject = ''] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);

function aMessage() {
  const now = new Date().toISOString();
  const id = `evt_${randomUUID()}`;
  return {
    specversion: '1.0',
    id,
    source: '/salesforce-stripe/stripe',
    type: 'customer.updated',
    subject,
    time: now,
    datacontenttype: 'application/json',
    data: { id, type: 'customer.updated', data: { object: { id: subject, object: 'customer' } } },
    schemaversion: 1,
    correlationid: randomUUID(),
    receivedtime: now,
  };
}

for (;;) {
  const deadline = Date.now() + 5_000;
  const record = {
    messageId: randomUUID(),
    // Of no queue: nothing comes back that this process does not send itself.
    receiptHandle: randomUUID(),
    body: JSON.stringify(aMessage()),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()), MessageGroupId: randomUUID() },
  };
  const context = {
    awsRequestId: randomUUID(),
    functionName: 'deliver-worker',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:deliver-worker',
    memoryLimitInMB: '512',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  await handler({ Records: [record] }, context);
  await setTimeout(50 + 100 * Math.random());
}
