import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = new URL('../../../local/simulated/', import.meta.url);

/** Stops both systems while a call to each takes a minute and a webhook of each is in the air; tells how long it took. */
const program = `
  import { createServer } from 'node:http';
  import { startSimulatedSalesforce } from '${root}salesforce/server.ts';
  import { startSimulatedStripe } from '${root}stripe/server.ts';

  let webhooks = 0;
  const mute = createServer(() => { webhooks += 1; }).unref();
  await new Promise((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const target = { url: 'http://127.0.0.1:' + mute.address().port, secret: 's' };
  const stripe = await startSimulatedStripe({ apiKey: 'sk' });
  const salesforce = await startSimulatedSalesforce({ clientId: 'c', clientSecret: 's' });
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'c', client_secret: 's' });
  const answer = await fetch(salesforce.url + '/services/oauth2/token', { method: 'POST', body: form });
  const { access_token: token } = await answer.json();
  const createAt = {
    [stripe.url]: () => fetch(stripe.url + '/v1/customers', { method: 'POST', headers: { authorization: 'Bearer sk' } }),
    [salesforce.url]: () =>
      fetch(salesforce.url + '/services/data/v66.0/sobjects/Account', {
        method: 'POST',
        headers: { authorization: 'Bearer ' + token },
        body: '{"Name":"Acme"}',
      }),
  };
  for (const system of [stripe, salesforce]) {
    system.setWebhook(target);
    await createAt[system.url]();
    await fetch(system.url + '/_faults', { method: 'POST', body: '{"fault":"slow","ms":60000}' });
  }
  const cut = Promise.allSettled(Object.values(createAt).map((create) => create()));
  const inFlight = async (url) => (await (await fetch(url + '/_calls')).json()).at(-1).fault === 'slow';
  while (webhooks < 2 || !(await inFlight(stripe.url)) || !(await inFlight(salesforce.url))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  const startMs = performance.now();
  await Promise.all([stripe.stop(), salesforce.stop()]);
  const stopMs = performance.now() - startMs;
  const outcomes = (await cut).map(({ status }) => status);
  console.log(JSON.stringify({ stopMs, outcomes }));
`;

// A wait that stop() forgot would keep the process alive for a minute.
it('stops at once with slow calls in flight, and lets the process exit', async () => {
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 10_000 });

  const { stdout, stderr } = await run;

  expect(stderr).toBe('');
  const { stopMs, outcomes } = JSON.parse(stdout);
  expect(stopMs).toBeLessThan(2_000);
  expect(outcomes).toEqual(['rejected', 'rejected']);
});
