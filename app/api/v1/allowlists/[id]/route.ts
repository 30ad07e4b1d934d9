import { deleteAllowlistRoute, updateAllowlistRoute } from "../../_routes/allowlists";

export const PATCH = updateAllowlistRoute.handle;
export const DELETE = deleteAllowlistRoute.handle;
