import { setHoldEndRoute } from "../../_routes/withheld";

export const PATCH = setHoldEndRoute.handle;
