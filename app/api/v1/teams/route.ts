import { createTeamRoute, listTeamsRoute } from "../_routes/teams";

export const GET = listTeamsRoute.handle;
export const POST = createTeamRoute.handle;
