import { listAuditRoute } from "../_routes/audit";

export const GET = listAuditRoute.handle;
