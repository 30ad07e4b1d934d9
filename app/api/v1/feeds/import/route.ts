import { importFeedsRoute } from "../../_routes/feed-definitions";

export const POST = importFeedsRoute.handle;
