import { z } from "zod";

import { pathParam, type Call } from "../http/call";
import { type Reply } from "../http/reply";
import { republish } from "../sentinel/republish";
import { isActive, textOf } from "../sentinel/stix-row";
import { findWorkspace } from "../state/directory";
import { type World } from "../world";

import { pretty, readControl, refuse } from "./control-call";

const inputSchema = z.strictObject({ ids: z.array(z.string()).optional() });

/** `POST /_control/workspaces/{id}/republish`: publishes again what holds, now; with `ids` only objects of these STIX ids. */
export const republishNow = (call: Call, world: World): Reply => {
  const found = findWorkspace(world.state.tenants, pathParam(call, "workspaceId"));
  if (found === null) throw refuse(404, "There is no such workspace.");
  const { ids } = readControl(call, inputSchema);
  const rows = world.state.sentinel
    .latest(found.workspace.workspaceId, world.now())
    .filter((row) => isActive(row, world.now()))
    .filter((row) => ids === undefined || ids.includes(textOf(row, "id") ?? ""));
  for (const row of rows) republish(world, row, world.now());
  world.changed();
  return pretty({ republished: rows.length });
};
