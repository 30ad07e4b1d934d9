import { getCapacityRoute } from "../../../_routes/receipts";

export const GET = getCapacityRoute.handle;
