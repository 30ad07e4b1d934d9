import { checkWithholdEverywhereRoute } from "../../../_routes/withheld";

export const POST = checkWithholdEverywhereRoute.handle;
