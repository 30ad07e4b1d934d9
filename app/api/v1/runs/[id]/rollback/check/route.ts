import { checkRollBackRoute } from "../../../../_routes/generations";

export const POST = checkRollBackRoute.handle;
