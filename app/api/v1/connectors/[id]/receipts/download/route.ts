import { downloadReceiptsRoute } from "../../../../_routes/receipts";

export const GET = downloadReceiptsRoute.handle;
