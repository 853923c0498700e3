/** What functions call here: `rest` and `graphql` stand in for any system of that kind. */
export type CalledKind = 'stripe' | 'salesforce' | 'rest' | 'graphql';

/** What sends webhooks here. */
export type SendingKind = 'stripe' | 'salesforce' | 'github';

/**
 * What the local pipeline must know of the integrations: given by the caller, as nothing here may import them. Names are
 * those that the stacks gave.
 */
export interface PipelineDescription {
  /** Passed to the CDK as `-c stage=`. */
  readonly stage: string;
  /** Passed as `-c gateway=`. @default what the stage says */
  readonly gateway?: 'http' | 'rest';
  /** The stack with the API, whose place is its output `ApiPath`. */
  readonly apiStack: string;
  /** The log groups of all functions begin so. */
  readonly logGroupPrefix: string;
  /** What may post webhooks. */
  readonly sources: readonly Source[];
  /** What the functions sign in with. */
  readonly credentials: readonly { readonly system: CalledKind; readonly secretName: string }[];
}

export interface Source {
  readonly integration: string;
  /** Its name in the integration. */
  readonly name: string;
  /** The simulated system that it is; undefined where none is: whoever has the secret may post in its place. */
  readonly system: SendingKind | undefined;
  /** Name of the scheme that signs its webhooks. */
  readonly scheme: string;
  /** `/v1/webhooks/...` */
  readonly path: string;
  /** The secret that signs them. */
  readonly secretName: string;
}
