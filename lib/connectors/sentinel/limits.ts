/** Every limit of Sentinel's APIs. Source: microsoft-apis 2.1, 2.2 and 2.5. */
export const SENTINEL_LIMITS = {
  /**
   * Counted for an application, whatever its workspaces. Some are kept for what is urgent: there is no other request for it, and a push
   * that used up its minute would make it wait for the next.
   */
  upload: { perMinute: 100, perHour: null, maxItems: 100, reserved: 3, isOfApplication: true },
  /** Azure Resource Manager states no figure for this operation; the upload's is kept to. */
  query: { perMinute: 100, perHour: null, maxItems: 100 },
  /** Sentinel publishes what holds again every 7 to 10 days, once 12: what it has not by then, rules will not see for long. */
  publishesWithinDays: 12,
  characters: {
    sourceSystem: 256,
    /** Sentinel cuts pattern and description here when it publishes an indicator again. */
    pattern: 1000,
    description: 1000,
    name: 500,
    label: 200,
  },
  /** Our own: 97 a minute by one after the other would need answers within 0.6 s. */
  requestsAtOnce: 10,
  /** Our own: requests spent on finding the offenders of one refused batch. */
  maxRequestsPerBatch: 60,
} as const;
