/**
 * Every metric, past tense for facts, in the order a webhook meets them. Emitted by the handlers, watched by the
 * alarms: a name is written once, here. All are counts but `DeliveryLatency` and the gauges, which `watch-health` emits
 * every minute.
 */
export const metricNames = {
  /** A webhook arrived, whatever became of it. */
  webhookReceived: 'WebhookReceived',
  /** Its body was over the source's limit (413). */
  webhookTooLarge: 'WebhookTooLarge',
  /** It came from an address that is in none of the source's ranges, and looked signed (401). */
  senderRefused: 'SenderRefused',
  /** Its signature did not verify (401). */
  signatureRejected: 'SignatureRejected',
  /** It had no signature at all, wherever it came from (401). Scans of the internet are such, so no alarm counts it. */
  unsignedRejected: 'UnsignedRejected',
  /** It was signed by a secret whose overlap is over (401): the source never got the new one, or somebody kept the old one. */
  endedSecretUsed: 'EndedSecretUsed',
  /** Its signature verified: the source itself sent it. */
  webhookVerified: 'WebhookVerified',
  /** An event came by EventBridge, and could be read. */
  eventBridged: 'EventBridged',
  /** Authentic, but no event could be read from it (a webhook: 400). */
  eventUnreadable: 'EventUnreadable',
  /** Authentic, but refused by a flow's schema: it travels flagged and ends as a dead letter. */
  eventInvalid: 'EventInvalid',
  /** Authentic, and no flow wants its type. */
  eventIgnored: 'EventIgnored',
  /** Caused by our own write: acknowledged and dropped. */
  echoDropped: 'EchoDropped',
  /** SQS took it, for one flow. */
  eventQueued: 'EventQueued',
  /** The secret or a queue could not be had (a webhook: 503). */
  receiverUnavailable: 'ReceiverUnavailable',
  /** Written at the destination. */
  eventDelivered: 'EventDelivered',
  /** Settled without a write: seen before, or its record is gone. */
  eventSkipped: 'EventSkipped',
  /** An attempt failed and is handed back to the queue. */
  attemptFailed: 'AttemptFailed',
  /** An event has failed so often that it is late; it is still being tried. */
  eventLate: 'EventLate',
  /** Handed back without an attempt: the destination was busy, or refused our credentials. */
  deliveryDeferred: 'DeliveryDeferred',
  /** Sent to the flow's dead letters, for a reason of its own. */
  eventDeadLettered: 'EventDeadLettered',
  /** Sent there only since it stands behind a parked event of its key. */
  eventHalted: 'EventHalted',
  /** A parked event was sent back into its queue. */
  eventReleased: 'EventReleased',
  /** A dead letter is in the parked table. */
  deadLetterParked: 'DeadLetterParked',
  /** Calls to a system are held back from now on. */
  breakerOpened: 'BreakerOpened',
  /** A flow was held, since one refusal met record after record. */
  flowHeld: 'FlowHeld',
  /** From the receiver taking the webhook to the write being done, in milliseconds. */
  deliveryLatency: 'DeliveryLatency',
  /** A new access token was stored. */
  tokenRefreshed: 'TokenRefreshed',
  /** New credentials, or a new signing secret, did not come into force: refused, not tried, or missing. */
  rotationFailed: 'RotationFailed',
  /** Gauge of a flow: 1 while it is held, by itself or by an operator, else 0. */
  flowOnHold: 'FlowOnHold',
  /** Gauge of a flow: parked events that need somebody. */
  parkedEvents: 'ParkedEvents',
  /** Gauge of a system: 1 while calls to it are held back, whatever the reason, else 0. */
  breakerOpen: 'BreakerOpen',
  /** Gauge of a system: for how long so far, in seconds; 0 while they are not. */
  breakerOpenSeconds: 'BreakerOpenSeconds',
  /** Gauge of a system: 1 while they are held back since it refuses our credentials, else 0. */
  authBreakerOpen: 'AuthBreakerOpen',
  /** Gauge of a system with a limit per day: how much of it was used in the last 24 hours, in percent. */
  dailyBudgetUsed: 'DailyBudgetUsed',
  /** Gauge of a system with tokens: how old the one in force is, in minutes. */
  tokenAgeMinutes: 'TokenAgeMinutes',
  /** The gauges of an integration were read and emitted. */
  healthWatched: 'HealthWatched',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];
