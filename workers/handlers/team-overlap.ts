import { teamOverlap } from "@/lib/jobs/team-overlap.job";
import { computeOverlap } from "@/lib/services/feeds/compute-overlap";

import { handler } from "../runtime";

export const teamOverlapHandler = handler(teamOverlap, ({ teamId }) => computeOverlap(teamId));
