import { type Route } from "../http/router";

import { deleteBatch, deleteIndicator } from "./delete";
import { getIndicator, listDeviceGroups, listIndicators } from "./read";
import { getAddressStatistics, getDomainStatistics, getFileStatistics } from "./statistics";
import { importIndicators, submitIndicator } from "./submit";

const under = (base: string): Route[] => [
  { method: "POST", path: `${base}/indicators/import`, handle: importIndicators },
  { method: "POST", path: `${base}/indicators/BatchDelete`, handle: deleteBatch },
  { method: "POST", path: `${base}/indicators`, handle: submitIndicator },
  { method: "GET", path: `${base}/indicators`, handle: listIndicators },
  { method: "GET", path: `${base}/indicators/:id`, handle: getIndicator },
  { method: "DELETE", path: `${base}/indicators/:id`, handle: deleteIndicator },
  { method: "GET", path: `${base}/domains/:name/stats`, handle: getDomainStatistics },
  { method: "GET", path: `${base}/ips/:address/stats`, handle: getAddressStatistics },
  { method: "GET", path: `${base}/files/:hash/stats`, handle: getFileStatistics },
  { method: "GET", path: `${base}/exposureScore/ByMachineGroups`, handle: listDeviceGroups },
];

/** Every operation with and without its version. */
export const DEFENDER_ROUTES: Route[] = [...under("/defender/api"), ...under("/defender/api/v1.0")];
