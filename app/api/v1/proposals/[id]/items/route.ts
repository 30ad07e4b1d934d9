import { listProposalItemsRoute } from "../../../_routes/proposals";

export const GET = listProposalItemsRoute.handle;
