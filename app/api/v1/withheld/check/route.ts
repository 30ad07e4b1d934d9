import { checkWithholdRoute } from "../../_routes/withheld";

export const POST = checkWithholdRoute.handle;
