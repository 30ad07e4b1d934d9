import { addIndicatorsRoute, listIndicatorsRoute } from "../_routes/indicators";

export const GET = listIndicatorsRoute.handle;
export const POST = addIndicatorsRoute.handle;
