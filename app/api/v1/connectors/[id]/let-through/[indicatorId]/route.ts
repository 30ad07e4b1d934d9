import { endLetThroughRoute } from "../../../../_routes/let-through";

export const DELETE = endLetThroughRoute.handle;
