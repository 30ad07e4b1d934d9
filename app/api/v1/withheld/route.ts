import { listWithheldRoute, withholdRoute } from "../_routes/withheld";

export const GET = listWithheldRoute.handle;
export const POST = withholdRoute.handle;
