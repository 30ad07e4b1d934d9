import { testFeedRoute } from "../../_routes/feed-checks";

export const POST = testFeedRoute.handle;
