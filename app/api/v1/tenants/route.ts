import { listTenantsRoute } from "../_routes/tenants";

export const GET = listTenantsRoute.handle;
