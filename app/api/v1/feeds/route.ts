import { createFeedRoute, listFeedsRoute } from "../_routes/feeds";

export const GET = listFeedsRoute.handle;
export const POST = createFeedRoute.handle;
