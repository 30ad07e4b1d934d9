import { z } from "zod";

import { pathParam, type Call } from "../http/call";
import { empty, json, seeOther, type Reply } from "../http/reply";
import { limitsSchema } from "../state/limits";
import { merge } from "../state/merge";
import { switchesSchema } from "../state/switches";
import { faultSchema } from "../watch/faults";
import { matchesGlob } from "../watch/glob";
import { resetWorld, type World } from "../world";

import { pretty, readControl, refuse } from "./control-call";

/** `POST /_control/reset` */
export const reset = (_call: Call, world: World): Reply => {
  resetWorld(world);
  return empty(204);
};

/** `GET /_control/journal?path=&method=&sinceSeq=&limit=` */
export const getJournal = (call: Call, world: World): Reply => {
  const [path, method] = [call.query.get("path"), call.query.get("method")?.toUpperCase()];
  const sinceSeq = Number(call.query.get("sinceSeq") ?? "0");
  const limit = Number(call.query.get("limit") ?? "5000");
  const requests = world.journal
    .list({ sinceSeq })
    .filter(
      (entry) =>
        (path === null || matchesGlob(path, entry.path)) && (method === undefined || entry.method === method),
    );
  return pretty({
    requests: limit > 0 ? requests.slice(-limit) : [],
    dropped: world.journal.dropped(),
  });
};

/** `DELETE /_control/journal` */
export const clearJournal = (_call: Call, world: World): Reply => {
  world.journal.clear();
  return empty(204);
};

/** `GET /_control/switches` */
export const getSwitches = (_call: Call, world: World): Reply => pretty(world.state.switches);

/** `PUT /_control/switches`: changes those named. */
export const putSwitches = (call: Call, world: World): Reply => {
  world.state.switches = {
    ...switchesSchema.parse({ ...world.state.switches, ...readControl(call, switchesSchema.partial()) }),
  };
  world.changed();
  return pretty(world.state.switches);
};

/** `GET /_control/limits` */
export const getLimits = (_call: Call, world: World): Reply => pretty(world.state.limits);

/** `PUT /_control/limits`: changes those named, at any depth, and forgets the requests counted so far. */
export const putLimits = (call: Call, world: World): Reply => {
  const wanted = merge(world.state.limits, readControl(call, z.record(z.string(), z.unknown())));
  const result = limitsSchema.safeParse(wanted);
  if (!result.success) throw refuse(400, z.prettifyError(result.error));
  world.state.limits = result.data;
  world.windows.clear();
  world.changed();
  return pretty(world.state.limits);
};

/** `GET /_control/faults` */
export const getFaults = (_call: Call, world: World): Reply => pretty({ faults: world.faults.list() });

/** `POST /_control/faults`: 201 with the armed fault and its id. */
export const addFault = (call: Call, world: World): Reply =>
  json(201, world.faults.add(readControl(call, faultSchema)));

/** `DELETE /_control/faults` */
export const clearFaults = (_call: Call, world: World): Reply => {
  world.faults.clear();
  return empty(204);
};

/** `DELETE /_control/faults/{id}` */
export const removeFault = (call: Call, world: World): Reply => {
  if (!world.faults.remove(pathParam(call, "id"))) throw refuse(404, "There is no such fault.");
  return empty(204);
};

/** `GET /_control/clock` */
export const getClock = (_call: Call, world: World): Reply =>
  pretty({ now: world.now().toISOString(), offsetMs: world.state.clockOffsetMs });

const clockSchema = z.union([
  z.strictObject({ offsetMs: z.number().int() }),
  z.strictObject({ advanceMs: z.number().int() }),
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
]);

/** `PUT /_control/clock`: one of `offsetMs`, `advanceMs`, `now`. */
export const putClock = (call: Call, world: World): Reply => {
  const wanted = readControl(call, clockSchema);
  const realMs = world.realNow().getTime();
  const offsetMs =
    "offsetMs" in wanted
      ? wanted.offsetMs
      : "advanceMs" in wanted
        ? world.state.clockOffsetMs + wanted.advanceMs
        : Date.parse(wanted.now) - realMs;
  if (Number.isNaN(new Date(realMs + offsetMs).getTime())) throw refuse(400, "There is no such time.");
  world.state.clockOffsetMs = offsetMs;
  world.changed();
  return getClock(call, world);
};

const versionSchema = z.object({ version: z.coerce.number().pipe(z.union([z.literal(1), z.literal(2)])) });

/** `POST /_control/feeds/covid19` with `{"version":1}` or `{"version":2}`; from the page's form it leads back home. */
export const setCovid19 = (call: Call, world: World): Reply => {
  world.state.covid19Version = readControl(call, versionSchema).version;
  return turned(call, world, world.state.covid19Version);
};

/** `POST /_control/feeds/misp`, likewise: the events of the MISP feed and the MISP server. */
export const setMisp = (call: Call, world: World): Reply => {
  world.state.mispVersion = readControl(call, versionSchema).version;
  return turned(call, world, world.state.mispVersion);
};

const turned = (call: Call, world: World, version: 1 | 2): Reply => {
  world.changed();
  const cameFromPage = (call.headers.accept ?? "").includes("text/html");
  return cameFromPage ? seeOther("/") : pretty({ version });
};
