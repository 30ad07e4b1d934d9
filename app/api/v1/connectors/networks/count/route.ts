import { countNetworksRoute } from "../../../_routes/connector-aids";

export const POST = countNetworksRoute.handle;
