import { listDestinationsRoute } from "../_routes/destinations";

export const GET = listDestinationsRoute.handle;
