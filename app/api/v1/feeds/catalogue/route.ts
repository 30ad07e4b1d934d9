import { listCatalogueRoute } from "../../_routes/feed-definitions";

export const GET = listCatalogueRoute.handle;
