import type { ConnectorKind } from "@/lib/domain/connector/kinds";

import { INDICATORS_PATH } from "./defender/client";
import { QUERY_PATH, QUERY_VERSION, UPLOAD_PATH, UPLOAD_VERSION } from "./sentinel/client";

/** One of Microsoft's interfaces. `version` null: requests name none, and the current one answers. */
export type Api = { name: string; path: string; version: string | null };

/** What each kind of connector speaks to: to write first, then to read back. */
export const APIS: Readonly<Record<ConnectorKind, readonly Api[]>> = {
  defender: [{ name: "Defender for Endpoint API", path: INDICATORS_PATH, version: null }],
  sentinel: [
    { name: "Sentinel upload API", path: UPLOAD_PATH, version: UPLOAD_VERSION },
    { name: "Sentinel threat intelligence API, to read back", path: QUERY_PATH, version: QUERY_VERSION },
  ],
};
