import { getProposalRoute } from "../../_routes/proposals";

export const GET = getProposalRoute.handle;
