import { checkLiftRoute } from "../../../../_routes/withheld";

export const POST = checkLiftRoute.handle;
