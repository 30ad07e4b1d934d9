import { addEntryRoute, listEntriesRoute, removeEntryRoute } from "../../../_routes/allowlists";

export const GET = listEntriesRoute.handle;
export const POST = addEntryRoute.handle;
export const DELETE = removeEntryRoute.handle;
