import { updateCloudRoute } from "../../../_routes/clouds";

export const PUT = updateCloudRoute.handle;
