import { getSetupRoute } from "../../_routes/connector-aids";

export const GET = getSetupRoute.handle;
