import { createTokenRoute, listTokensRoute } from "../_routes/tokens";

export const GET = listTokensRoute.handle;
export const POST = createTokenRoute.handle;
