import { applyPlanRoute } from "../../../_routes/plans";

export const POST = applyPlanRoute.handle;
