import { declineProposalRoute } from "../../../_routes/proposals";

export const POST = declineProposalRoute.handle;
