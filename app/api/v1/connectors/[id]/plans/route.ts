import { createPlanRoute, listPlansRoute } from "../../../_routes/plans";

export const GET = listPlansRoute.handle;
export const POST = createPlanRoute.handle;
