import { listCloudsRoute } from "../../_routes/clouds";

export const GET = listCloudsRoute.handle;
