import { nameTenantRoute } from "../../_routes/tenants";

export const PATCH = nameTenantRoute.handle;
