import { listForeignRoute } from "../../../_routes/foreign";

export const GET = listForeignRoute.handle;
