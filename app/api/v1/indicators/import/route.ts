import { importIndicatorsRoute } from "../../_routes/indicator-files";

export const POST = importIndicatorsRoute.handle;
