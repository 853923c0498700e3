import type { BridgeReader } from '../../contract/bridge-reader.ts';
import { readEvent } from './webhook.ts';

/**
 * Reads what a Stripe event destination sends to Amazon EventBridge (https://docs.stripe.com/event-destinations):
 * the event itself, under the id that it has in a webhook, too.
 */
export const readBridgedStripeEvent: BridgeReader = ({ detail }) => readEvent(detail);
