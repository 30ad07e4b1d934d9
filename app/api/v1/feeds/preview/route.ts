import { previewFeedRoute } from "../../_routes/feeds";

export const POST = previewFeedRoute.handle;
