import { verifyAuditRoute } from "../../_routes/audit";

export const GET = verifyAuditRoute.handle;
