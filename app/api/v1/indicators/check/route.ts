import { checkIndicatorsRoute } from "../../_routes/indicators";

export const POST = checkIndicatorsRoute.handle;
