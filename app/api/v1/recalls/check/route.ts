import { checkRecallRoute } from "../../_routes/recalls";

export const POST = checkRecallRoute.handle;
