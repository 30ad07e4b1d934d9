import { letThroughRoute, listOverridesRoute } from "../../../_routes/overrides";

export const GET = listOverridesRoute.handle;
export const POST = letThroughRoute.handle;
