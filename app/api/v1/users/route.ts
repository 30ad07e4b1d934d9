import { listUsersRoute } from "../_routes/users";

export const GET = listUsersRoute.handle;
