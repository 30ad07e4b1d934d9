import { getPushRoute } from "../../_routes/pushes";

export const GET = getPushRoute.handle;
