import { listTeamsRoute } from "../_routes/teams";

export const GET = listTeamsRoute.handle;
