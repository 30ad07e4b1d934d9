import { checkBudgetRoute } from "../../../../_routes/destinations";

export const POST = checkBudgetRoute.handle;
