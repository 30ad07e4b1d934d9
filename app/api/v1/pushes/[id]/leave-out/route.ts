import { leaveOutRoute } from "../../../_routes/pushes";

export const POST = leaveOutRoute.handle;
