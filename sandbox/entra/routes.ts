import { type Route } from "../http/router";

import { instanceDiscovery, openidConfiguration, signingKeys } from "./discovery";
import { getRegistration } from "./graph";
import { issueToken } from "./token";

export const ENTRA_ROUTES: Route[] = [
  { method: "POST", path: "/entra/:tenant/oauth2/v2.0/token", handle: issueToken },
  {
    method: "GET",
    path: "/entra/:tenant/v2.0/.well-known/openid-configuration",
    handle: openidConfiguration,
  },
  { method: "GET", path: "/entra/:tenant/discovery/v2.0/keys", handle: signingKeys },
  { method: "GET", path: "/entra/common/discovery/instance", handle: instanceDiscovery },
  { method: "GET", path: "/graph/v1.0/:what", handle: getRegistration },
  { method: "GET", path: "/common/discovery/instance", handle: instanceDiscovery },
];
