import { traceIndicatorRoute } from "../../_routes/indicators";

export const GET = traceIndicatorRoute.handle;
