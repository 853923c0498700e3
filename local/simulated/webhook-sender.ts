import http from 'node:http';
import https from 'node:https';
import type { Chance } from './system.ts';

/** The endpoint that a system announces its changes to. */
export interface WebhookTarget {
  /** https, or http for a receiver on loopback. */
  url: string;
  /** The shared secret; its form is the system's own. */
  secret: string;
  /** PEM of a private certificate authority that the receiver's certificate was issued by. */
  ca?: string;
}

/** Makes the signature headers of one attempt. */
export type Sign = (secret: string, body: string, unixSeconds: number) => Record<string, string>;

const ATTEMPT_TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
// As Stripe does in live mode (https://docs.stripe.com/webhooks#retries). Stripe's own waits grow to hours; these are
// shortened to seconds so that a local run shows the recovery.
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** Milliseconds before the next attempt; undefined where there is none. */
export type WaitMs = (failures: number, random: Chance['random']) => number | undefined;

/** Milliseconds before the next attempt, after `failures` in a row: 0.5 s, 1 s, 2 s... at most 15 s, each +-25 %. */
export function retryWaitMs(failures: number, random: Chance['random']): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS) * (0.75 + random() / 2);
}

/**
 * Sends webhooks at least once and in no particular order, as SaaS systems do: each is sent at once, and again after a
 * network error, 10 s without an answer or any status but 2xx. Every attempt is signed anew with the secret of then.
 */
export class WebhookSender {
  readonly #chance: Chance;
  readonly #sign: Sign;
  readonly #waitMs: WaitMs;
  readonly #retries = new Set<NodeJS.Timeout>();
  #target: WebhookTarget | undefined;
  #agent: Agent | undefined;

  constructor(chance: Chance, sign: Sign, waitMs: WaitMs = retryWaitMs) {
    this.#chance = chance;
    this.#sign = sign;
    this.#waitMs = waitMs;
  }

  /** Changes the endpoint. Pending retries go to the new one; without one they are dropped, as are later webhooks. */
  setTarget(target: WebhookTarget | undefined): void {
    // A mere change of the secret keeps the connections: it must not cut what is on its way.
    const isSameReceiver = target && target.url === this.#target?.url && target.ca === this.#target.ca;
    if (!isSameReceiver) {
      this.#agent?.destroy();
      this.#agent = target && newAgent(target);
    }
    this.#target = target;
    if (!target) this.#dropRetries();
  }

  /** Changes the secret that it signs with, from the next attempt on. */
  setSecret(secret: string): void {
    if (this.#target) this.setTarget({ ...this.#target, secret });
  }

  /** Sends `body` until it is accepted; `onDelivered` tells the system that it was. `headers` go beside the signature's. */
  send(body: string, onDelivered: () => void = () => {}, headers: Record<string, string> = {}): void {
    this.#attempt({ body, headers, onDelivered, failures: 0, firstAttemptMs: this.#chance.now() });
  }

  stop(): void {
    this.setTarget(undefined);
  }

  #attempt(delivery: Delivery): void {
    const target = this.#target;
    if (!target) return;
    const signature = this.#sign(target.secret, delivery.body, Math.floor(this.#chance.now() / 1000));
    post(target, this.#agent, delivery.body, { ...delivery.headers, ...signature }, (accepted) => {
      if (accepted) delivery.onDelivered();
      else this.#retryLater({ ...delivery, failures: delivery.failures + 1 });
    });
  }

  #retryLater(delivery: Delivery): void {
    const isTooOld = this.#chance.now() - delivery.firstAttemptMs > GIVE_UP_AFTER_MS;
    const waitMs = this.#waitMs(delivery.failures, this.#chance.random);
    if (!this.#target || isTooOld || waitMs === undefined) return;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#attempt(delivery);
    }, waitMs).unref();
    this.#retries.add(timer);
  }

  #dropRetries(): void {
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
  }
}

type Agent = http.Agent | https.Agent;

interface Delivery {
  body: string;
  headers: Record<string, string>;
  onDelivered: () => void;
  failures: number;
  firstAttemptMs: number;
}

const isHttps = (target: WebhookTarget) => new URL(target.url).protocol === 'https:';

const newAgent = (target: WebhookTarget) =>
  isHttps(target) ? new https.Agent({ keepAlive: true, ca: target.ca }) : new http.Agent({ keepAlive: true });

function post(
  target: WebhookTarget,
  agent: Agent | undefined,
  body: string,
  own: Record<string, string>,
  settle: (accepted: boolean) => void,
): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...own,
  };
  const request = (isHttps(target) ? https.request : http.request)(target.url, {
    method: 'POST',
    agent,
    headers,
    timeout: ATTEMPT_TIMEOUT_MS,
  });
  let isSettled = false;
  const settleOnce = (accepted: boolean) => {
    if (!isSettled) settle(accepted);
    isSettled = true;
  };
  request.once('response', (response) => {
    const status = response.statusCode ?? 0;
    settleOnce(status >= 200 && status < 300);
    // Read to the end, or the connection could not be used again.
    response.resume().once('error', () => {});
  });
  request.once('timeout', () => request.destroy(new Error('No answer within 10 s.')));
  request.on('error', () => settleOnce(false));
  request.end(body);
}
