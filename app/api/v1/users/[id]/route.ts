import { updateUserRoute } from "../../_routes/users";

export const PATCH = updateUserRoute.handle;
