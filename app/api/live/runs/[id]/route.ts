import { toRunProgress } from "@/components/feeds/run-progress";
import { getRun } from "@/lib/services/feeds/list-runs";

import { progressRoute } from "../../progress-route";

/** How far a run has come, for whoever may read the feeds of its team. */
export const GET = progressRoute({
  subject: "run",
  permission: "feed.read",
  find: getRun,
  toMessage: toRunProgress,
});
