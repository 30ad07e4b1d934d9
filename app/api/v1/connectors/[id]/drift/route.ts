import { decideDriftRoute, listDriftRoute } from "../../../_routes/drift";

export const GET = listDriftRoute.handle;
export const POST = decideDriftRoute.handle;
