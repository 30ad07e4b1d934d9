import { createSavedViewRoute, listSavedViewsRoute } from "../_routes/saved-views";

export const GET = listSavedViewsRoute.handle;
export const POST = createSavedViewRoute.handle;
