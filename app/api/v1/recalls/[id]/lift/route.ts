import { liftRecallRoute } from "../../../_routes/recalls";

export const POST = liftRecallRoute.handle;
