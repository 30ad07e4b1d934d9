import { createConnectorRoute, listConnectorsRoute } from "../_routes/connectors";

export const GET = listConnectorsRoute.handle;
export const POST = createConnectorRoute.handle;
