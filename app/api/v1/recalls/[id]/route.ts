import { getRecallRoute } from "../../_routes/recalls";

export const GET = getRecallRoute.handle;
