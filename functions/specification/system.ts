import type { BridgeReader } from '../contract/bridge-reader.ts';
import type { Limits } from '../contract/limits.ts';
import type { GraphqlOptions, RestOptions } from '../contract/plain-http.ts';
import type { SignatureScheme } from '../contract/signature-scheme.ts';
import type { WebhookReader } from '../contract/webhook-reader.ts';

/** The connectors there are: one folder each in `functions/connectors`. */
export type ConnectorName = 'stripe' | 'salesforce' | 'rest' | 'graphql';

/**
 * How a connector writes so that a repeat has one effect. Salesforce has external ids, which find what a first run made;
 * Stripe has none; with plain HTTP it depends on the endpoint.
 */
export const operations: Readonly<Record<ConnectorName, readonly Operation[]>> = {
  salesforce: ['upsert'],
  stripe: ['update-or-create'],
  rest: ['put', 'append'],
  graphql: ['put', 'append'],
};

export type Operation = 'upsert' | 'update-or-create' | 'put' | 'append';

/** How a system's webhooks come in. */
export interface WebhookSource {
  readonly scheme: SignatureScheme;
  /**
   * Who makes the secret that signs. `millrace`: `millrace rotate` makes it, and tells when the sender may have it; only
   * of schemes whose secret is any value that both sides hold (`salesforce-callout`, `github`, `hmac`).
   * @default 'sender'
   */
  readonly secretMadeBy?: 'millrace' | 'sender';
  /** Takes an authentic body apart into events. */
  readonly reader: WebhookReader;
  /**
   * Largest body accepted, in bytes, up to 4 MiB; larger ones get 413. A function is called with at most 6 MB, and a body
   * grows on its way there: by a third in base64, and by a character for each quote as text. @default 1024 * 1024
   */
  readonly maxBodyBytes?: number;
  /** Alarm when no webhook came for this long; whole hours, 1..24. @default 24 */
  readonly quietAfterHours?: number;
  /**
   * Addresses that it sends from, as its provider publishes them: `203.0.113.0/24`, `2001:db8::/32`, or single ones. Others
   * are answered as a wrong signature is. Counts who connects to the gateway: not for a gateway behind a CDN or a
   * proxy. The signature is checked all the same. @default from anywhere
   */
  readonly allowedRanges?: readonly string[];
  /** Requests per second that its route takes, and how many more at once; others get 429. @default as the stage says */
  readonly throttling?: Throttling;
}

/** Requests per second, and how many more may come at once. */
export interface Throttling {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * How a system's events come in by Amazon EventBridge: Stripe's event destinations, Salesforce's Event Relay. Beside a
 * webhook, or in its place.
 */
export interface BridgeSource {
  /** Takes what the partner sent apart into events. */
  readonly reader: BridgeReader;
  /**
   * The partner event source, `aws.partner/stripe.com/ed_...`, `aws.partner/salesforce.com/<org id>/<channel id>`. A stage
   * may say otherwise (`partnerSources`).
   * @default none: only stages that name one have this door
   */
  readonly partnerSource?: string;
  /** Alarm when no event came for this long; whole hours, 1..24. @default 24 */
  readonly quietAfterHours?: number;
}

/** How AWS names partner event sources (EventBridge API reference, CreateEventBus). */
export const partnerSourceForm = /^(?=.{1,256}$)aws\.partner(\/[\w.-]+){2,}$/;

interface AnySystem {
  /** Key of the system in the integration and its file's name. */
  readonly name: string;
  readonly webhook?: WebhookSource;
  readonly bridge?: BridgeSource;
  /** How often all functions together may call it; a stage may say otherwise. @default without limits */
  readonly limits?: Limits;
}

/** A provider that has a connector of its own. */
export interface ProviderSystem extends AnySystem {
  readonly connector: 'stripe' | 'salesforce';
  /** The provider's API version, pinned: `66.0`, `2026-10-28.endive`. */
  readonly apiVersion: string;
  /**
   * `api-key`: the credentials secret holds `{ "apiKey", "url"? }`.
   * `client-credentials`: it holds `{ "url", "clientId", "clientSecret" }`, and `refresh-token` makes tokens of it.
   * `jwt-bearer`: the same with `{ "url", "clientId", "username", "privateKey", "audience"? }`.
   */
  readonly auth: Auth;
}

export type Auth = 'api-key' | 'client-credentials' | 'jwt-bearer';

/** How each provider lets programs sign in. */
export const waysToSignIn: Readonly<Record<ProviderSystem['connector'], readonly Auth[]>> = {
  stripe: ['api-key'],
  salesforce: ['client-credentials', 'jwt-bearer'],
};

/** What only a provider has, so that it can be asked of any system. */
interface NoProvider extends AnySystem {
  readonly apiVersion?: undefined;
  readonly auth?: undefined;
}

/** Any JSON API over HTTP. */
export interface RestSystem extends NoProvider {
  readonly connector: 'rest';
  readonly rest: RestOptions;
}

/** Any GraphQL API over HTTP. */
export interface GraphqlSystem extends NoProvider {
  readonly connector: 'graphql';
  readonly graphql: GraphqlOptions;
}

/** A system that only sends events: it is never called, so it has neither connector nor credentials. */
export interface SendingSystem extends NoProvider {
  readonly connector?: undefined;
  readonly webhook: WebhookSource;
}

/** One whose events come by EventBridge alone. */
export interface BridgedSystem extends NoProvider {
  readonly connector?: undefined;
  readonly bridge: BridgeSource;
}

/** A system that an integration connects: how to talk to it, and how it talks to us. */
export type System = ProviderSystem | RestSystem | GraphqlSystem | SendingSystem | BridgedSystem;

/** Whether calls to it are signed in by tokens, which `refresh-token` makes of its credentials. */
export function hasTokens({ auth }: System): boolean {
  return auth === 'client-credentials' || auth === 'jwt-bearer';
}

/** Whether we make the secret that signs its webhooks. */
export function hasOwnSecret({ webhook }: System): boolean {
  return webhook?.secretMadeBy === 'millrace';
}

export const defaultMaxBodyBytes = 1024 * 1024;
export const mostBodyBytes = 4 * 1024 * 1024;
export const defaultQuietAfterHours = 24;

/** Declares a system. */
export function defineSystem<const Name extends string>(system: System & { name: Name }): System & { name: Name } {
  return system;
}
