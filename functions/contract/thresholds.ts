/**
 * From which value on an alarm tells. What `millrace status` marks is what an alarm tells of: both read the numbers
 * here.
 */
export const thresholds = {
  /** More events wait in a queue: warning. */
  queueDepth: 10_000,
  /** The oldest event has waited for longer: warning. */
  waitingSeconds: 30,
  /** The oldest event has waited for longer: critical. */
  stuckSeconds: 300,
  /** A breaker has been open for so long: critical. Shorter outages need nobody. */
  outageSeconds: 300,
  /** A token is older: critical. Sessions may end after an hour. */
  tokenAgeMinutes: 50,
  /** More of the day's calls are used: warning. */
  budgetPercent: 80,
} as const;
