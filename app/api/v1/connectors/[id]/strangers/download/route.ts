import { downloadStrangersRoute } from "../../../../_routes/strangers";

export const GET = downloadStrangersRoute.handle;
