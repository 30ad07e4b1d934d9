import { previewFeedRoute } from "../../_routes/previews";

export const POST = previewFeedRoute.handle;
