import { compareRunsRoute } from "../../../../_routes/generations";

export const GET = compareRunsRoute.handle;
