/** A twentieth of it is kept for what is urgent: a push that used up its hour would make a recall wait for the next. */
const HOUR = { perHour: 1500, reservedPerHour: 75 };

/** Every limit of Defender's indicator API. Source: microsoft-apis 1.3, 1.5, 1.7 and 1.8. */
export const DEFENDER_LIMITS = {
  import: { perMinute: 30, perHour: null, maxItems: 500 },
  /** One record by itself; at most so many one after the other, beside which a batch is the better way. */
  submit: { perMinute: 100, ...HOUR, maxItems: 10 },
  list: { perMinute: 100, ...HOUR, maxItems: 10_000 },
  delete: { perMinute: 100, ...HOUR },
  batchDelete: { perMinute: 30, ...HOUR, maxItems: 500 },
  /** Of domains, addresses and files together. Source: the pages of each, `get-domain-statistics` and its like. */
  statistics: { perMinute: 100, perHour: 1500 },
  /** Active indicators of a whole tenant, whoever made them. */
  capacity: 15_000,
  // Microsoft documents none of these. The texts fit the portal's columns; another connector cuts titles at 4,000 characters and
  // descriptions at 100, and nobody says that Defender asks for either. Where a tenant refuses ours, its words come with what to shorten.
  // URLs above 800 characters are what other connectors cut, which would make them another indicator.
  characters: { title: 200, description: 1000, url: 800, externalId: 200, application: 100 },
  /** Our own: 30 a minute by one after the other would need answers within two seconds. */
  requestsAtOnce: 4,
  /** Our own: requests spent on finding the offenders of one refused batch, about a minute of the import rate. */
  maxRequestsPerBatch: 40,
} as const;
