import { listProposalsRoute } from "../_routes/proposals";

export const GET = listProposalsRoute.handle;
