import { createBulkChangeRoute, listBulkChangesRoute } from "../_routes/bulk-changes";

export const GET = listBulkChangesRoute.handle;
export const POST = createBulkChangeRoute.handle;
