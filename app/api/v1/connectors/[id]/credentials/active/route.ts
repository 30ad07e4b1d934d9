import { stateSecretEndRoute } from "../../../../_routes/credentials";

export const PATCH = stateSecretEndRoute.handle;
