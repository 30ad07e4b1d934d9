import { revokeTokenRoute } from "../../_routes/tokens";

export const DELETE = revokeTokenRoute.handle;
