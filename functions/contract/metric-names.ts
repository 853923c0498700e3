/**
 * Every metric, past tense for facts, in the order a webhook meets them. Emitted by the handlers, watched by the
 * alarms: a name is written once, here. All are counts but `DeliveryLatency`.
 */
export const metricNames = {
  /** A webhook arrived, whatever became of it. */
  webhookReceived: 'WebhookReceived',
  /** Its body was over the source's limit (413). */
  webhookTooLarge: 'WebhookTooLarge',
  /** Its signature did not verify (401). */
  signatureRejected: 'SignatureRejected',
  /** Authentic, but no event could be read from it (400). */
  eventUnreadable: 'EventUnreadable',
  /** Authentic, but refused by a flow's schema: it travels flagged and ends as a dead letter. */
  eventInvalid: 'EventInvalid',
  /** Authentic, and no flow wants its type. */
  eventIgnored: 'EventIgnored',
  /** Caused by our own write: acknowledged and dropped. */
  echoDropped: 'EchoDropped',
  /** SQS took it, for one flow. */
  eventQueued: 'EventQueued',
  /** The secret or a queue could not be had (503). */
  receiverUnavailable: 'ReceiverUnavailable',
  /** Written at the destination. */
  eventDelivered: 'EventDelivered',
  /** Settled without a write: seen before, or its record is gone. */
  eventSkipped: 'EventSkipped',
  /** An attempt failed and is handed back to the queue. */
  attemptFailed: 'AttemptFailed',
  /** Handed back without an attempt: the destination was busy, or refused our credentials. */
  deliveryDeferred: 'DeliveryDeferred',
  /** Sent to the flow's dead letters. */
  eventDeadLettered: 'EventDeadLettered',
  /** From the receiver taking the webhook to the write being done, in milliseconds. */
  deliveryLatency: 'DeliveryLatency',
  /** A new access token was stored. */
  tokenRefreshed: 'TokenRefreshed',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];
