import { acceptRunRoute } from "../../../_routes/runs";

export const POST = acceptRunRoute.handle;
