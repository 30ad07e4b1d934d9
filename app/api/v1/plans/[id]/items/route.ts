import { listPlanItemsRoute } from "../../../_routes/plans";

export const GET = listPlanItemsRoute.handle;
