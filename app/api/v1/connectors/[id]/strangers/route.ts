import { decideStrangersRoute, listStrangersRoute } from "../../../_routes/strangers";

export const GET = listStrangersRoute.handle;
export const POST = decideStrangersRoute.handle;
