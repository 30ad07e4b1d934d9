import { endOverrideRoute } from "../../../../_routes/overrides";

export const DELETE = endOverrideRoute.handle;
