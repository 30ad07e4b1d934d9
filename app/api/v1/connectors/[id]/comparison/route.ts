import { compareRoute } from "../../../_routes/drift";

export const POST = compareRoute.handle;
