import { listPushItemsRoute } from "../../../_routes/pushes";

export const GET = listPushItemsRoute.handle;
