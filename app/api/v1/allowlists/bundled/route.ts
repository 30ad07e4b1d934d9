import { listBundledRoute } from "../../_routes/allowlists";

export const GET = listBundledRoute.handle;
