import { getSystemRoute } from "../_routes/system";

export const GET = getSystemRoute.handle;
