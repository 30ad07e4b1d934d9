import { listBulkItemsRoute } from "../../../_routes/bulk-changes";

export const GET = listBulkItemsRoute.handle;
