import { tryMd5Route } from "../../../_routes/connectors";

export const POST = tryMd5Route.handle;
