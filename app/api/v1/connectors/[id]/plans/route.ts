import { createPlanRoute } from "../../../_routes/connectors";

export const POST = createPlanRoute.handle;
