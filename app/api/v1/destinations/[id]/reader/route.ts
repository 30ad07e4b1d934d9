import { removeReaderRoute, setReaderRoute } from "../../../_routes/destinations";

export const PUT = setReaderRoute.handle;
export const DELETE = removeReaderRoute.handle;
