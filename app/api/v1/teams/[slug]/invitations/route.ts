import { inviteRoute, listInvitationsRoute } from "../../../_routes/members";

export const GET = listInvitationsRoute.handle;
export const POST = inviteRoute.handle;
