import { testSavedFeedRoute } from "../../../_routes/feed-checks";

export const POST = testSavedFeedRoute.handle;
