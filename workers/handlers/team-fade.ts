import { teamFade } from "@/lib/jobs/team-fade.job";
import { fadeTeam } from "@/lib/services/indicators/fade-team";

import { handler } from "../runtime";

export const teamFadeHandler = handler(teamFade, async ({ teamId }, { log }) => {
  const changed = await fadeTeam(teamId, new Date());
  log.info({ teamId, changed }, "Confidence brought along");
});
