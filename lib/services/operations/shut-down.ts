import "server-only";

import { closeDatabase } from "@/lib/db/client";
import { closeQueues } from "@/lib/jobs/enqueue";

/** Closes what a process holds open once its work has ended: producers of the queue, then the database. */
export const shutDown = async (): Promise<void> => {
  await closeQueues();
  await closeDatabase();
};
