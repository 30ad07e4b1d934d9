import { rollBackRunRoute } from "../../../_routes/generations";

export const POST = rollBackRunRoute.handle;
