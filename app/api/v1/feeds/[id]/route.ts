import { deleteFeedRoute, getFeedRoute, updateFeedRoute } from "../../_routes/feeds";

export const GET = getFeedRoute.handle;
export const PATCH = updateFeedRoute.handle;
export const DELETE = deleteFeedRoute.handle;
