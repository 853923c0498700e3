import type { SignatureScheme } from '../contract/signature-scheme.ts';
import type { WebhookReader } from '../contract/webhook-reader.ts';

/** The connectors there are: one folder each in `functions/connectors`. */
export type ConnectorName = 'stripe' | 'salesforce';

/**
 * How a connector writes so that a repeat has one effect. Salesforce has external ids, which find what a first run made;
 * Stripe has none.
 */
export const operations = {
  salesforce: 'upsert',
  stripe: 'update-or-create',
} as const satisfies Record<ConnectorName, string>;

export type Operation = (typeof operations)[ConnectorName];

/** How a system's webhooks come in. */
export interface WebhookSource {
  readonly scheme: SignatureScheme;
  /** Takes an authentic body apart into events. */
  readonly reader: WebhookReader;
  /** Largest body accepted, in bytes; larger ones get 413. @default 200 * 1024 */
  readonly maxBodyBytes?: number;
  /** Alarm when no webhook came for this long; whole hours, 1..24. @default 24 */
  readonly quietAfterHours?: number;
}

/** A system that an integration connects: how to talk to it, and how it talks to us. */
export interface System {
  /** Key of the system in the integration and its file's name. */
  readonly name: string;
  readonly connector: ConnectorName;
  /** The provider's API version, pinned: `66.0`, `2026-10-28.endive`. */
  readonly apiVersion: string;
  /**
   * `api-key`: the credentials secret holds `{ "apiKey", "url"? }`.
   * `client-credentials`: it holds `{ "url", "clientId", "clientSecret" }`, and `refresh-token` makes tokens of it.
   */
  readonly auth: 'api-key' | 'client-credentials';
  readonly webhook?: WebhookSource;
}

export const defaultMaxBodyBytes = 200 * 1024;
export const defaultQuietAfterHours = 24;

/** Declares a system. */
export function defineSystem<const Name extends string>(system: System & { name: Name }): System & { name: Name } {
  return system;
}
