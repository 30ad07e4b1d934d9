import { checkEntriesRoute } from "../../../_routes/allowlists";

export const POST = checkEntriesRoute.handle;
