import { getTeamRoute, updateTeamRoute } from "../../_routes/teams";

export const GET = getTeamRoute.handle;
export const PATCH = updateTeamRoute.handle;
