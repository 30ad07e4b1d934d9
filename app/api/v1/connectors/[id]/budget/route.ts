import { getBudgetRoute } from "../../../_routes/destinations";

export const GET = getBudgetRoute.handle;
