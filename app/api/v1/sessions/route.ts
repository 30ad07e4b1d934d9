import { listSessionsRoute } from "../_routes/users";

export const GET = listSessionsRoute.handle;
