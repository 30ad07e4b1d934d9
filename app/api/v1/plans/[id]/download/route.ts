import { downloadPlanRoute } from "../../../_routes/plans";

export const GET = downloadPlanRoute.handle;
