import { listReceiptsRoute } from "../../../_routes/connectors";

export const GET = listReceiptsRoute.handle;
