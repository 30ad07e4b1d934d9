import { listRejectionsRoute } from "../../../_routes/runs";

export const GET = listRejectionsRoute.handle;
