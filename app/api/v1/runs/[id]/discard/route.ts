import { discardRunRoute } from "../../../_routes/runs";

export const POST = discardRunRoute.handle;
