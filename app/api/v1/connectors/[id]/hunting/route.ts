import { getHuntingRoute } from "../../../_routes/hunting";

export const GET = getHuntingRoute.handle;
