/**
 * `plan` is for what is short and must not wait behind pushes, which take as long as a vendor's limits make them, nor behind what
 * reads a whole destination, which is `confirm`; `urgent` is for recalls and what a person saved, which wait behind nothing.
 */
export const QUEUES = ["ingest", "deliver", "plan", "urgent", "confirm"] as const;
export type QueueName = (typeof QUEUES)[number];

/** Finished jobs are no record of anything: runs, pushes and receipts are. */
export const KEEP_JOBS = {
  removeOnComplete: { age: 3600, count: 500 },
  removeOnFail: { age: 7 * 24 * 3600, count: 1000 },
};

/** Tries again after 2, 4, 8 … seconds, spread so that many do not come back at once. */
export const RETRY = { attempts: 5, backoff: { type: "exponential", delay: 2_000, jitter: 0.5 } };
