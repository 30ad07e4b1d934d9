import { getOverviewRoute } from "../../../_routes/overview";

export const GET = getOverviewRoute.handle;
