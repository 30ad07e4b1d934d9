import { getRunRoute } from "../../_routes/runs";

export const GET = getRunRoute.handle;
