import { countHeldRoute } from "../../../_routes/hunting";

export const POST = countHeldRoute.handle;
