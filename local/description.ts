/** The systems that are simulated here. */
export type SimulatedKind = 'stripe' | 'salesforce';

/**
 * What the local pipeline must know of the integrations: given by the caller, as nothing here may import them. Names are
 * those that the stacks gave.
 */
export interface PipelineDescription {
  /** Passed to the CDK as `-c stage=`. */
  readonly stage: string;
  /** The stack with the HTTP API, whose id is its output `ApiId`. */
  readonly apiStack: string;
  /** The log groups of all functions begin so. */
  readonly logGroupPrefix: string;
  /** What may post webhooks. */
  readonly sources: readonly Source[];
  /** What the functions sign in with. */
  readonly credentials: readonly { readonly system: SimulatedKind; readonly secretName: string }[];
}

export interface Source {
  readonly integration: string;
  /** Its name in the integration. */
  readonly name: string;
  /** The simulated system that it is. */
  readonly system: SimulatedKind;
  /** Name of the scheme that signs its webhooks. */
  readonly scheme: string;
  /** `/v1/webhooks/...` */
  readonly path: string;
  /** The secret that signs them. */
  readonly secretName: string;
}
