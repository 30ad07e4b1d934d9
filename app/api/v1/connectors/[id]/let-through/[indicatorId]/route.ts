import { endOverrideRoute } from "../../../../_routes/let-through";

export const DELETE = endOverrideRoute.handle;
