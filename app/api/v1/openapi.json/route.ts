import { buildOpenApi } from "@/lib/api/openapi";

import { ROUTES } from "../_routes";

/** The document is the same for everybody and tells nothing of an installation, so it needs no token. */
export const GET = (): Response => Response.json(buildOpenApi(ROUTES.map(({ definition }) => definition)));
