import { planTakingBackRoute } from "../../../_routes/withheld";

export const POST = planTakingBackRoute.handle;
