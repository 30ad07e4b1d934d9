import { getCapacityRoute } from "../../../_routes/connectors";

export const GET = getCapacityRoute.handle;
