import { testConnectionRoute } from "../../_routes/connectors";

export const POST = testConnectionRoute.handle;
