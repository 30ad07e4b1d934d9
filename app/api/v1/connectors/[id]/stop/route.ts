import { stopConnectorRoute } from "../../../_routes/connectors";

export const POST = stopConnectorRoute.handle;
