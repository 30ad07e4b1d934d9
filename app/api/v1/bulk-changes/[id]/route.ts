import { getBulkChangeRoute } from "../../_routes/bulk-changes";

export const GET = getBulkChangeRoute.handle;
