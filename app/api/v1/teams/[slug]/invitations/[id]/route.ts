import { revokeInvitationRoute } from "../../../../_routes/members";

export const DELETE = revokeInvitationRoute.handle;
