import { startConnectorRoute } from "../../../_routes/connectors";

export const POST = startConnectorRoute.handle;
