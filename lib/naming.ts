import { createHash } from 'node:crypto';
import { stageName } from '../functions/contract/names.ts';

/** Cuts a name to what AWS takes; the hash at its end keeps two long names apart. */
export function shorten(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, maxLength - hash.length - 1).replace(/-+$/, '')}-${hash}`;
}

/** `millrace-dev-salesforce-stripe-receive-webhook-stripe`; Lambda and EventBridge Scheduler take 64 characters. */
export function functionName(stage: string, integration: string, bundle: string): string {
  return shorten(`${stageName(stage)}-${integration}-${bundle}`, 64);
}

/** `millrace-dev-salesforce-stripe-<flow>.fifo`; SQS takes 80 characters, and a FIFO queue's name ends so. */
export function queueName(stage: string, integration: string, flow: string): string {
  return `${shorten(`${stageName(stage)}-${integration}-${flow}`, 75)}.fifo`;
}

/** The queue that holds a flow's dead letters: `millrace-dev-salesforce-stripe-<flow>-dead-letters.fifo`. */
export function deadLetterQueueName(stage: string, integration: string, flow: string): string {
  const suffix = '-dead-letters.fifo';
  return `${shorten(`${stageName(stage)}-${integration}-${flow}`, 80 - suffix.length)}${suffix}`;
}

/**
 * The queue of what a system sends by EventBridge: `millrace-dev-salesforce-stripe-stripe-events`; with what is refused
 * there in `...-events-untaken`, and with what EventBridge could not put there in `...-events-bounced`.
 */
export function eventQueueNames(stage: string, integration: string, system: string) {
  const base = `${shorten(`${stageName(stage)}-${integration}-${system}`, 64)}-events`;
  return { queue: base, untaken: `${base}-untaken`, bounced: `${base}-bounced` };
}
