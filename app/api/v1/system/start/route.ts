import { startSendingRoute } from "../../_routes/system";

export const POST = startSendingRoute.handle;
