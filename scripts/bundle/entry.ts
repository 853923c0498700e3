/** One Lambda function to be: the module it starts from, and how large it may become. */
export interface Entry {
  /** Folder below the output folder: `salesforce-stripe/deliver-event-<flow>`. */
  readonly name: string;
  /** Text of the module that exports `handler`; its imports are relative to the project's root. */
  readonly module: string;
  /** Budget of the bundle in kilobytes of 1024 bytes. */
  readonly budgetKb: number;
}

/** Budgets of the minified bundles, in kilobytes: what is larger starts slower. */
export const budgets = {
  receive: 120,
  receiveEvent: 120,
  deliver: 520,
  /** Powertools Tracer brings the X-Ray SDK. */
  deliverWithTracing: 650,
  refresh: 420,
  rotate: 250,
  rotateWebhook: 250,
  park: 330,
  watch: 300,
} as const;
