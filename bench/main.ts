// What `npm run bench` measures, printed as a table; docs/performance.md says how to read it.
import { closeDatabase } from "@/lib/db/client";
import { closeQueues } from "@/lib/jobs/enqueue";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { benchIngest } from "./ingest";
import { benchList } from "./list";
import { benchParse } from "./parse";

const ownerUrl = process.env["DATABASE_OWNER_URL"];
if (!ownerUrl) throw new Error("DATABASE_OWNER_URL is not set: run it by npm run bench.");
// The guard lets nothing on this machine through but the sandbox's origin: the bench's own server takes its place.
process.env["SANDBOX_URL"] ??= "http://127.0.0.1:4977";

const team = await makeTeam(`Bench ${String(Date.now())}`);
const actor = await makeActor([[team, "owner"]]);
const figures = [
  ...(await benchParse()),
  ...(await benchIngest({ actor, ownerUrl })),
  ...(await benchList(actor)),
];
for (const { name, value, unit, note = "" } of figures)
  process.stdout.write(`${name.padEnd(58)} ${value.toFixed(2).padStart(12)} ${unit.padEnd(10)} ${note}\n`);
await closeQueues();
await closeDatabase();
