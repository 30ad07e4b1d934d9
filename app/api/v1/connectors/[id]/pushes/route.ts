import { listPushesRoute } from "../../../_routes/pushes";

export const GET = listPushesRoute.handle;
