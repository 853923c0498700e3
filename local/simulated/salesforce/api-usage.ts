/** Calls of the organisation's day. */
const MOST_CALLS = 100_000;

/** Counts the calls that a token was accepted for, and tells them as Salesforce does. The count never falls. */
export class ApiUsage {
  #used = 0;

  count(): void {
    this.#used += 1;
  }

  /** `Sforce-Limit-Info`, on every answer of the data API. */
  header(): Record<string, string> {
    return { 'sforce-limit-info': `api-usage=${this.#used}/${MOST_CALLS}` };
  }

  /** `/limits` */
  limits(): object {
    return { DailyApiRequests: { Max: MOST_CALLS, Remaining: Math.max(0, MOST_CALLS - this.#used) } };
  }
}
