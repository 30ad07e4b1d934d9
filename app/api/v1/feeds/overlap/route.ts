import { getOverlapRoute } from "../../_routes/overlap";

export const GET = getOverlapRoute.handle;
