import { getPlanRoute } from "../../_routes/plans";

export const GET = getPlanRoute.handle;
