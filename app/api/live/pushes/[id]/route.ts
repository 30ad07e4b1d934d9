import { toPushProgress } from "@/components/connectors/push-progress";
import { getPush } from "@/lib/services/delivery/get-push";

import { progressRoute } from "../../progress-route";

/** How far a push has come, for whoever may read the pushes of its team. */
export const GET = progressRoute({
  subject: "push",
  permission: "push.read",
  find: getPush,
  toMessage: toPushProgress,
});
