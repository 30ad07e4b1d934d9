import { activateCredentialRoute } from "../../../../../_routes/credentials";

export const POST = activateCredentialRoute.handle;
