import { testConnectorRoute } from "../../../_routes/connectors";

export const POST = testConnectorRoute.handle;
