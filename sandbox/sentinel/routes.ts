import { type Route } from "../http/router";

import {
  createIndicator,
  deleteArmIndicator,
  deleteArmObject,
  getArmIndicator,
  getArmObject,
  listArmIndicators,
} from "./arm-indicators";
import { getMetrics } from "./arm-metrics";
import { countObjects, queryObjects } from "./arm-query";
import { queryIndicators } from "./arm-query-indicators";
import { queryLogs } from "./log-query";
import { uploadObjects } from "./upload";

const ARM =
  "/arm/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.OperationalInsights/workspaces/:workspace/providers/Microsoft.SecurityInsights/threatIntelligence";

export const SENTINEL_ROUTES: Route[] = [
  {
    method: "POST",
    path: "/sentinel/workspaces/:workspaceId/threat-intelligence-stix-objects:upload",
    handle: uploadObjects,
  },
  { method: "POST", path: "/logs/v1/workspaces/:workspaceId/query", handle: queryLogs },
  { method: "POST", path: `${ARM}/main/query`, handle: queryObjects },
  { method: "POST", path: `${ARM}/main/count`, handle: countObjects },
  { method: "POST", path: `${ARM}/main/queryIndicators`, handle: queryIndicators },
  { method: "POST", path: `${ARM}/main/createIndicator`, handle: createIndicator },
  { method: "GET", path: `${ARM}/main/metrics`, handle: getMetrics },
  { method: "GET", path: `${ARM}/main/indicators`, handle: listArmIndicators },
  { method: "GET", path: `${ARM}/main/indicators/:name`, handle: getArmIndicator },
  { method: "DELETE", path: `${ARM}/main/indicators/:name`, handle: deleteArmIndicator },
  { method: "GET", path: `${ARM}/:name`, handle: getArmObject },
  { method: "DELETE", path: `${ARM}/:name`, handle: deleteArmObject },
];
