import { updateBudgetRoute } from "../../../_routes/destinations";

export const PATCH = updateBudgetRoute.handle;
