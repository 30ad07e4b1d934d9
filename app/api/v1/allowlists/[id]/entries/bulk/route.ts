import { addManyEntriesRoute } from "../../../../_routes/allowlists";

export const POST = addManyEntriesRoute.handle;
