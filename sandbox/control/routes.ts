import { type Handler, type Route } from "../http/router";

import { addTaxiiObjects } from "./add-taxii-objects";
import { guarded } from "./control-call";
import { addCertificate, addWorkspace, deleteApplication, putApplication } from "./directory";
import { getPresets } from "./presets";
import { republishNow } from "./republish";
import { seed } from "./seed";
import { getState, getTable } from "./state-dump";
import {
  addFault,
  clearFaults,
  clearJournal,
  getClock,
  getFaults,
  getJournal,
  getLimits,
  getSwitches,
  putClock,
  putLimits,
  putSwitches,
  removeFault,
  reset,
  setCovid19,
  setMisp,
} from "./steering";

const read = (path: string, handle: Handler): Route => ({ method: "GET", path: `/_control${path}`, handle });
const write = (method: string, path: string, handle: Handler): Route => ({
  method,
  path: `/_control${path}`,
  handle: guarded(handle),
});

export const CONTROL_ROUTES: Route[] = [
  read("/presets", getPresets),
  read("/state", getState),
  read("/workspaces/:workspaceId/table", getTable),
  write("POST", "/reset", reset),
  read("/journal", getJournal),
  write("DELETE", "/journal", clearJournal),
  read("/switches", getSwitches),
  write("PUT", "/switches", putSwitches),
  read("/limits", getLimits),
  write("PUT", "/limits", putLimits),
  read("/faults", getFaults),
  write("POST", "/faults", addFault),
  write("DELETE", "/faults", clearFaults),
  write("DELETE", "/faults/:id", removeFault),
  read("/clock", getClock),
  write("PUT", "/clock", putClock),
  write("POST", "/feeds/covid19", setCovid19),
  write("POST", "/feeds/taxii", addTaxiiObjects),
  write("POST", "/feeds/misp", setMisp),
  write("POST", "/seed", seed),
  write("POST", "/applications", putApplication),
  write("DELETE", "/applications/:clientId", deleteApplication),
  write("POST", "/applications/:clientId/certificates", addCertificate),
  write("POST", "/workspaces", addWorkspace),
  write("POST", "/workspaces/:workspaceId/republish", republishNow),
];
