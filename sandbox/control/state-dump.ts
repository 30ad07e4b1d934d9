import { pathParam, type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { republishDue } from "../sentinel/republish";
import { sourceTable } from "../sentinel/table";
import { isActive, type StixRow } from "../sentinel/stix-row";
import { findWorkspace, type Tenant } from "../state/directory";
import { type World } from "../world";

import { pretty, refuse } from "./control-call";

/** `GET /_control/state`: what is stored. `?tenant=` confines it to one tenant, `?summary=1` leaves out the records. */
export const getState = (call: Call, world: World): Reply => {
  const wanted = call.query.get("tenant");
  const isSummary = call.query.get("summary") === "1";
  return pretty({
    now: world.now().toISOString(),
    clockOffsetMs: world.state.clockOffsetMs,
    covid19Version: world.state.covid19Version,
    mispVersion: world.state.mispVersion,
    switches: world.state.switches,
    limits: world.state.limits,
    faults: world.faults.list(),
    tenants: world.state.tenants
      .filter((tenant) => wanted === null || tenant.tenantId === wanted)
      .map((tenant) => dumpTenant(world, tenant, isSummary)),
  });
};

/** `GET /_control/workspaces/{id}/table?view=rows|latest|active`: the table behind Sentinel, as its columns. */
export const getTable = (call: Call, world: World): Reply => {
  const found = findWorkspace(world.state.tenants, pathParam(call, "workspaceId"));
  if (found === null) throw refuse(404, "There is no such workspace.");
  const { workspaceId } = found.workspace;
  republishDue(world, workspaceId);
  const view = call.query.get("view") ?? "latest";
  const rows = (
    view === "rows"
      ? world.state.sentinel.rows(workspaceId)
      : world.state.sentinel.latest(workspaceId, world.now())
  ).filter(isIndicator);
  if (!["rows", "latest", "active"].includes(view)) throw refuse(400, "view is rows, latest or active.");
  const shown = view === "active" ? rows.filter((row) => isActive(row, world.now())) : rows;
  return pretty({ view, rows: sourceTable(shown, world.now()) });
};

/** Identities and the like stand in a table of their own, and have no end. */
const isIndicator = (row: StixRow): boolean => row.data["type"] === "indicator";

const dumpTenant = (world: World, tenant: Tenant, isSummary: boolean) => {
  const indicators = world.state.defender.list(tenant.tenantId, world.now());
  return {
    tenantId: tenant.tenantId,
    displayName: tenant.displayName,
    defender: {
      capacity: world.state.capacities.get(tenant.tenantId) ?? world.state.limits.defender.capacity,
      count: indicators.length,
      sightings: world.state.sightings.filter(({ tenantId }) => tenantId === tenant.tenantId).length,
      ...(isSummary ? {} : { indicators }),
    },
    workspaces: tenant.workspaces.map(({ workspaceId, name }) => {
      const latest = world.state.sentinel.latest(workspaceId, world.now());
      return {
        workspaceId,
        name,
        rowCount: world.state.sentinel.rows(workspaceId).length,
        objectCount: latest.length,
        activeCount: latest.filter((row) => isIndicator(row) && isActive(row, world.now())).length,
        ...(isSummary
          ? {}
          : { objects: latest.map((row) => ({ ...row, isActive: isActive(row, world.now()) })) }),
      };
    }),
  };
};
