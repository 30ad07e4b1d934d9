import "server-only";

import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";

/** What time it is for all workers alike: by the database's clock. */
export const readNow = (): Promise<Date> => bulkAsSystem("scheduling", readClock);
