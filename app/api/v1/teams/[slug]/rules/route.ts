import { getTeamRulesRoute, updateTeamRulesRoute } from "../../../_routes/team-rules";

export const GET = getTeamRulesRoute.handle;
export const PATCH = updateTeamRulesRoute.handle;
