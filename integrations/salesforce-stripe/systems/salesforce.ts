import { readSalesforceChange } from '../../../functions/connectors/salesforce/bridge.ts';
import { readSalesforceCallout } from '../../../functions/connectors/salesforce/webhook.ts';
import { salesforceCallout } from '../../../functions/signatures/salesforce-callout.ts';
import { defineSystem } from '../../../functions/specification/system.ts';

/** CRM: the accounts that sales works with. */
export default defineSystem({
  name: 'salesforce',
  connector: 'salesforce',
  apiVersion: '66.0',
  auth: 'client-credentials',
  // Of an Enterprise Edition org without further licences; `Sforce-Limit-Info` tells the real number.
  limits: { perDay: { calls: 100_000 } },
  webhook: { scheme: salesforceCallout(), secretMadeBy: 'millrace', reader: readSalesforceCallout },
  // The second door: open in the stages that name its partner event source (`partnerSources`).
  bridge: { reader: readSalesforceChange },
});
