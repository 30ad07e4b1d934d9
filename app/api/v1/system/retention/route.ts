import { getRetentionRoute, updateRetentionRoute } from "../../_routes/retention";

export const GET = getRetentionRoute.handle;
export const PATCH = updateRetentionRoute.handle;
