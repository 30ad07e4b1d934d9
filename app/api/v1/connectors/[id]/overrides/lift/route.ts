import { liftOverridesRoute } from "../../../../_routes/overrides";

export const POST = liftOverridesRoute.handle;
