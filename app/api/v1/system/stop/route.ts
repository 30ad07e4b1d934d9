import { stopSendingRoute } from "../../_routes/system";

export const POST = stopSendingRoute.handle;
