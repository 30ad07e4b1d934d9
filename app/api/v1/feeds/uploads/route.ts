import { uploadFeedFileRoute } from "../../_routes/feeds";

export const POST = uploadFeedFileRoute.handle;
