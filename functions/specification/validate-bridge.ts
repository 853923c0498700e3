import type { Report } from './problem.ts';
import { type BridgeSource, partnerSourceForm } from './system.ts';

/** Holds a system's second door to names that AWS gives, and to hours that an alarm can wait. */
export function checkBridge(path: string, bridge: BridgeSource | undefined, report: Report): void {
  const { partnerSource: source, quietAfterHours: hours } = bridge ?? {};
  if (source !== undefined && !partnerSourceForm.test(source)) {
    const remedy = "Copy it from EventBridge's partner event sources: 'aws.partner/stripe.com/ed_...'.";
    report(`${path}.partnerSource`, `is '${source}', which is no partner event source`, remedy);
  }
  if (hours !== undefined && !(Number.isInteger(hours) && hours >= 1 && hours <= 24))
    report(`${path}.quietAfterHours`, `is ${hours}`, 'Use a whole number from 1 to 24.');
}
