import type { SimulatedResponse } from './http-server.ts';
import type { Chance } from './system.ts';
import { type Sign, type WaitMs, WebhookSender, type WebhookTarget } from './webhook-sender.ts';

/** Every endpoint that a system announces its changes to. Each is sent to on its own: one that is down delays no other. */
export class WebhookEndpoints {
  readonly #make: () => WebhookSender;
  #senders: WebhookSender[] = [];

  constructor(chance: Chance, sign: Sign, waitMs?: WaitMs) {
    this.#make = () => new WebhookSender(chance, sign, waitMs);
  }

  get count(): number {
    return this.#senders.length;
  }

  /** Changes the endpoints. What waits for a retry goes to the one that is now at the same place, or is dropped. */
  set(targets: readonly WebhookTarget[]): void {
    for (const sender of this.#senders.slice(targets.length)) sender.stop();
    this.#senders = targets.map((target, index) => {
      const sender = this.#senders[index] ?? this.#make();
      sender.setTarget(target);
      return sender;
    });
  }

  /** `/_signing-secret`: a POSTed text is what all are signed with from now on, as people set it in the system. */
  readonly control = ({ method, body }: { method: string; body: string }): SimulatedResponse => {
    if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    if (body.trim() === '') return { status: 400, body: { error: 'Send the secret as the body.' } };
    for (const sender of this.#senders) sender.setSecret(body.trim());
    return { status: 200, body: { endpoints: this.#senders.length } };
  };

  /** Sends `body` to each until it is accepted there; `onDelivered` tells the system of each that did. */
  send(body: string, onDelivered?: () => void, headers?: Record<string, string>): void {
    for (const sender of this.#senders) sender.send(body, onDelivered, headers);
  }

  stop(): void {
    this.set([]);
  }
}
