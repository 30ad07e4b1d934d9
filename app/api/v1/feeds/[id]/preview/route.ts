import { previewSavedFeedRoute } from "../../../_routes/previews";

export const POST = previewSavedFeedRoute.handle;
