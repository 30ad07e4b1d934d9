import { createAllowlistRoute, listAllowlistsRoute } from "../_routes/allowlists";

export const GET = listAllowlistsRoute.handle;
export const POST = createAllowlistRoute.handle;
