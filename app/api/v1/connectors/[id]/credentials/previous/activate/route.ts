import { goBackRoute } from "../../../../../_routes/credentials";

export const POST = goBackRoute.handle;
