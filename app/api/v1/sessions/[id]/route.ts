import { revokeSessionRoute } from "../../_routes/users";

export const DELETE = revokeSessionRoute.handle;
