import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { awsCallLimits } from '../../../functions/aws/call-limits.ts';
import { nowhere } from './fake-client.ts';

// Bug: the SDK only warned of a call that took too long, and it hung until the function ended.
it('end a call that AWS does not answer', async () => {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const requestHandler = { ...awsCallLimits.requestHandler, requestTimeout: 50 };
  const client = new DynamoDBClient({ ...nowhere, endpoint, requestHandler, maxAttempts: 1 });

  const call = client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'k' } } }));

  await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
});
