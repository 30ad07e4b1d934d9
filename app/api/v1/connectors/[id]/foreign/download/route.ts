import { downloadForeignRoute } from "../../../../_routes/foreign";

export const GET = downloadForeignRoute.handle;
