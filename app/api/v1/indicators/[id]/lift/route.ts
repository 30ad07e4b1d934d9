import { liftIndicatorRoute } from "../../../_routes/indicators";

export const POST = liftIndicatorRoute.handle;
