import { approveProposalRoute } from "../../../_routes/proposals";

export const POST = approveProposalRoute.handle;
