import { getStrangerRemovalRoute, startStrangerRemovalRoute } from "../../../../_routes/strangers";

export const GET = getStrangerRemovalRoute.handle;
export const POST = startStrangerRemovalRoute.handle;
