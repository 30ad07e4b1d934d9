import { listRunsRoute, runFeedRoute } from "../../../_routes/feeds";

export const GET = listRunsRoute.handle;
export const POST = runFeedRoute.handle;
