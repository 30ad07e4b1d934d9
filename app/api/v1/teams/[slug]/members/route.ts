import { listMembersRoute } from "../../../_routes/members";

export const GET = listMembersRoute.handle;
