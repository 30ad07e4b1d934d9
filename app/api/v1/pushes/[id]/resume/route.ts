import { resumePushRoute } from "../../../_routes/pushes";

export const POST = resumePushRoute.handle;
