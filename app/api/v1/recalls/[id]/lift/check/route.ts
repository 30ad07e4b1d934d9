import { checkRecallLiftRoute } from "../../../../_routes/recalls";

export const POST = checkRecallLiftRoute.handle;
