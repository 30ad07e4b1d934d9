import { listOverridesRoute } from "../../../_routes/overrides";

export const GET = listOverridesRoute.handle;
