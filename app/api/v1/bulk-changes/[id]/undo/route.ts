import { undoBulkChangeRoute } from "../../../_routes/bulk-changes";

export const POST = undoBulkChangeRoute.handle;
