import type { Route } from "@/lib/api/define-route";

import { listTeamsRoute } from "./teams";

/** Every route of the API. One that is not listed here is found by a test that compares this with the files. */
export const ROUTES: readonly Route[] = [listTeamsRoute];
