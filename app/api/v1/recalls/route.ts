import { createRecallRoute, listRecallsRoute } from "../_routes/recalls";

export const GET = listRecallsRoute.handle;
export const POST = createRecallRoute.handle;
