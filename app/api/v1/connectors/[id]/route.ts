import { deleteConnectorRoute, getConnectorRoute, updateConnectorRoute } from "../../_routes/connectors";

export const GET = getConnectorRoute.handle;
export const PATCH = updateConnectorRoute.handle;
export const DELETE = deleteConnectorRoute.handle;
