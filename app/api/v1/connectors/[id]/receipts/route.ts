import { listReceiptsRoute } from "../../../_routes/receipts";

export const GET = listReceiptsRoute.handle;
