import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulatedEndpoint } from '../../../../local/simulated/endpoint/server.ts';
import { call, postFault } from '../support.ts';

const token = 't0ken';

async function anEndpoint() {
  const { url, stop } = await startSimulatedEndpoint({ token });
  onTestFinished(stop);
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(url, path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { url, send };
}

describe('records', () => {
  it('are made or replaced by PUT, changed by PATCH, and read back one by one and all together', async () => {
    const { send } = await anEndpoint();

    const answers = [
      await send('PUT', '/orders/a%2Fb', { total: 1, note: 'x' }),
      await send('PUT', '/orders/a%2Fb', { total: 2 }),
      await send('PATCH', '/orders/a%2Fb', { paid: true }),
      await send('GET', '/orders/a%2Fb'),
      await send('GET', '/orders'),
    ];

    const record = { id: 'a/b', total: 2, paid: true };
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200]);
    expect(answers.slice(2).map(({ body }) => body)).toEqual([record, record, { data: [record] }]);
  });

  it('are gone for good once they were deleted', async () => {
    const { send } = await anEndpoint();
    await send('PUT', '/orders/1', {});

    const statuses = [];
    for (const method of ['DELETE', 'GET', 'PUT', 'PATCH', 'DELETE']) {
      statuses.push((await send(method, '/orders/1', ['GET', 'DELETE'].includes(method) ? undefined : {})).status);
    }

    expect(statuses).toEqual([204, 410, 410, 410, 404]);
    expect((await send('GET', '/orders')).body).toEqual({ data: [] });
  });
});

describe('an idempotency key', () => {
  it('makes a repeat the first answer, and nothing else', async () => {
    const { send } = await anEndpoint();
    const keyed = (key: string, body: object) => send('POST', '/pushes', body, { 'idempotency-key': `"${key}"` });

    const answers = [await keyed('a', { n: 1 }), await keyed('a', { n: 1 }), await keyed('b', { n: 1 })];
    const reused = await keyed('a', { n: 2 });

    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(reused).toMatchObject({ status: 422, body: { code: 'key_reused' } });
    expect((await send('GET', '/pushes')).body.data).toHaveLength(2);
  });

  it('is not needed: without one each call is an entry', async () => {
    const { send } = await anEndpoint();

    await Promise.all([send('POST', '/pushes', { n: 1 }), send('POST', '/pushes', { n: 1 })]);

    expect((await send('GET', '/pushes')).body.data).toHaveLength(2);
  });
});

describe('a refusal', () => {
  it.each([
    ['no token', {}, 401],
    ['another token', { authorization: 'Bearer other' }, 401],
    ['the token', { authorization: `Bearer ${token}` }, 200],
    ['the token as a password', { authorization: `Basic ${btoa(`ada:${token}`)}` }, 200],
    ['the token in a header of its own', { 'x-api-key': token }, 200],
  ])('by %s', async (_what, headers, status) => {
    const { url } = await anEndpoint();

    expect((await call(url, '/health', { headers })).status).toBe(status);
  });

  it.each([
    ['POST', '/pushes', 'no JSON', 400, 'malformed_body'],
    ['PUT', '/orders/1', { note: 'x'.repeat(1_001) }, 422, 'text_too_long'],
    ['GET', '/orders/1', undefined, 404, 'not_found'],
    ['DELETE', '/orders', undefined, 404, 'no_route'],
    ['PUT', '/a/b/c', {}, 404, 'no_route'],
  ])('is problem details: %s %s', async (method, path, body, status, code) => {
    const { send } = await anEndpoint();

    const answer = await send(method, path, body);

    expect(answer).toMatchObject({ status, body: { type: 'about:blank', status, code } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each([
    [{ fault: 'down', operation: 'upsert' }, 503, 'unavailable'],
    [{ fault: 'throttle', retryAfter: 3 }, 429, 'too_many_requests'],
    [{ fault: 'row-lock' }, 423, 'locked'],
    [{ fault: 'down', record: 'ord_1' }, 503, 'unavailable'],
    [{ fault: 'down', record: 'a text of the body' }, 503, 'unavailable'],
  ])('by a fault: %j', async (fault, status, code) => {
    const { url, send } = await anEndpoint();
    await postFault(url, fault);

    const answer = await send('PUT', '/orders/ord_1', { note: 'a text of the body' });

    expect(answer).toMatchObject({ status, body: { code } });
    expect((await send('PUT', '/orders/ord_2', {})).status).toBe('record' in fault ? 201 : status);
  });
});
