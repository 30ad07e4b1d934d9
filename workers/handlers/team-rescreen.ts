import { teamRescreen } from "@/lib/jobs/team-rescreen.job";
import { rescreenTeam } from "@/lib/services/allowlists/rescreen-team";

import { handler } from "../runtime";

export const teamRescreenHandler = handler(teamRescreen, async ({ teamId }, { log, signal }) => {
  const changed = await rescreenTeam(teamId, { signal });
  log.info({ teamId, changed }, "Screened anew");
});
