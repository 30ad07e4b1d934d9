import { testSuccessorRoute } from "../../../../../_routes/credentials";

export const POST = testSuccessorRoute.handle;
