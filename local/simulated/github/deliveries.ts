import { createHmac, randomUUID } from 'node:crypto';
import type { WebhookEndpoints } from '../webhook-endpoints.ts';
import type { Sign } from '../webhook-sender.ts';
import { GithubApiError } from './errors.ts';

/** `X-Hub-Signature-256` over the body alone; no time is signed. */
export const signGithubWebhook: Sign = (secret, body) => ({
  'user-agent': 'GitHub-Hookshot/044aadd',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

interface Delivery {
  id: number;
  guid: string;
  event: string;
  body: string;
  delivered: boolean;
}

/** What was sent to the endpoints, each once: GitHub does not repeat what failed unless it is asked to. */
export class Deliveries {
  readonly #webhooks: WebhookEndpoints;
  readonly #all: Delivery[] = [];

  constructor(webhooks: WebhookEndpoints) {
    this.#webhooks = webhooks;
  }

  send(event: string, content: unknown): void {
    const [guid, body] = [randomUUID(), JSON.stringify(content)];
    const delivery = { id: this.#all.length + 1, guid, event, body, delivered: false };
    this.#all.push(delivery);
    this.#attempt(delivery);
  }

  /** Sends one again, as it was and under the same id. */
  again(id: number): void {
    const delivery = this.#all.find((candidate) => candidate.id === id);
    if (!delivery) throw new GithubApiError(404, 'Not Found');
    this.#attempt(delivery);
  }

  /** As GitHub lists them: newest first, without their bodies. */
  list(): Omit<Delivery, 'body'>[] {
    return this.#all.map(({ body: _, ...delivery }) => delivery).toReversed();
  }

  #attempt(delivery: Delivery): void {
    const headers = { 'x-github-event': delivery.event, 'x-github-delivery': delivery.guid, 'x-github-hook-id': '1' };
    const onDelivered = () => {
      delivery.delivered = true;
    };
    this.#webhooks.send(delivery.body, onDelivered, headers);
  }
}
