import { changeRoleRoute, removeMemberRoute } from "../../../../_routes/members";

export const PATCH = changeRoleRoute.handle;
export const DELETE = removeMemberRoute.handle;
