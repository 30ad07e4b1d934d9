import { chooseBundledRoute } from "../../../_routes/allowlists";

export const PUT = chooseBundledRoute.handle;
