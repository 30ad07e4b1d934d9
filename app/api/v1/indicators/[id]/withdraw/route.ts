import { withdrawIndicatorRoute } from "../../../_routes/indicators";

export const POST = withdrawIndicatorRoute.handle;
