import { discardSuccessorRoute, stageCredentialRoute } from "../../../../_routes/credentials";

export const PUT = stageCredentialRoute.handle;
export const DELETE = discardSuccessorRoute.handle;
