import { withholdEverywhereRoute } from "../../_routes/withheld";

export const POST = withholdEverywhereRoute.handle;
