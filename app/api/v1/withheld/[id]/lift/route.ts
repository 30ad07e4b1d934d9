import { liftWithheldRoute } from "../../../_routes/withheld";

export const POST = liftWithheldRoute.handle;
