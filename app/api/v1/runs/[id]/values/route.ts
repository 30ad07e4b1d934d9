import { listRunValuesRoute } from "../../../_routes/generations";

export const GET = listRunValuesRoute.handle;
