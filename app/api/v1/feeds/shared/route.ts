import { listSharedFeedsRoute } from "../../_routes/subscriptions";

export const GET = listSharedFeedsRoute.handle;
