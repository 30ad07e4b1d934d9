import type { ApiStatus } from "@/lib/domain/connector/api-status";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";

import { INDICATORS_PATH } from "./defender/client";
import { QUERY_PATH, QUERY_VERSION, UPLOAD_PATH, UPLOAD_VERSION } from "./sentinel/client";

/** One of Microsoft's interfaces. `version` null: requests name none, and the current one answers. */
export type Api = {
  name: string;
  path: string;
  version: string | null;
  status: ApiStatus;
  /** The day from which Microsoft does not answer it any more, as `2027-03-31`; null while none is announced. */
  retiresOn: string | null;
};

/**
 * What each kind of connector speaks to: to write first, then to read back. Status and end as Microsoft's pages have them
 * (microsoft-apis 1.1, 2.1 and 2.5); no request tells them.
 */
export const APIS: Readonly<Record<ConnectorKind, readonly Api[]>> = {
  defender: [
    {
      ...{ name: "Defender for Endpoint API", path: INDICATORS_PATH, version: null },
      ...{ status: "current", retiresOn: null },
    },
  ],
  sentinel: [
    {
      ...{ name: "Sentinel upload API", path: UPLOAD_PATH, version: UPLOAD_VERSION },
      ...{ status: "preview", retiresOn: null },
    },
    {
      ...{ name: "Sentinel threat intelligence API, to read back", path: QUERY_PATH, version: QUERY_VERSION },
      ...{ status: "preview", retiresOn: null },
    },
  ],
};
