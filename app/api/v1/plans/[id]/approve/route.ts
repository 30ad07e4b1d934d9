import { approvePlanRoute } from "../../../_routes/plans";

export const POST = approvePlanRoute.handle;
