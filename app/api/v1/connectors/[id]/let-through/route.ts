import { letThroughRoute, listLetThroughRoute } from "../../../_routes/let-through";

export const GET = listLetThroughRoute.handle;
export const POST = letThroughRoute.handle;
