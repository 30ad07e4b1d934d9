import { parseIndicatorsRoute } from "../../_routes/indicators";

export const POST = parseIndicatorsRoute.handle;
