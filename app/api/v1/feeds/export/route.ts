import { exportFeedsRoute } from "../../_routes/feed-definitions";

export const GET = exportFeedsRoute.handle;
