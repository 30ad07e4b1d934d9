import { deleteSavedViewRoute, updateSavedViewRoute } from "../../_routes/saved-views";

export const PATCH = updateSavedViewRoute.handle;
export const DELETE = deleteSavedViewRoute.handle;
