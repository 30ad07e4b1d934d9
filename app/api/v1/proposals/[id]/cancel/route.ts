import { cancelProposalRoute } from "../../../_routes/proposals";

export const POST = cancelProposalRoute.handle;
