import { listCredentialsRoute } from "../../../_routes/credentials";

export const GET = listCredentialsRoute.handle;
