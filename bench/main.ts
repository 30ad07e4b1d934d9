// One part of what `npm run bench` measures, printed as a table; docs/performance.md says how to read it.
import { closeDatabase } from "@/lib/db/client";
import { closeQueues } from "@/lib/jobs/enqueue";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { benchFinding } from "./finding";
import { benchGrowth } from "./growth";
import { benchIngest } from "./ingest";
import { benchLarge, MILLION } from "./large";
import { benchLifted } from "./lifted";
import { isMet, joined, withoutBar, type Figure } from "./lib";
import { benchList } from "./list";
import { benchPace } from "./pace";
import { benchParse } from "./parse";
import PART_SETTINGS from "./parts.json";
import { benchPlan } from "./plan";
import { benchPush } from "./push";
import { benchRecall } from "./recall";
import { benchSave } from "./save";
import { benchScreening } from "./screening";

type PartName = keyof typeof PART_SETTINGS;
const ownerUrl = process.env["DATABASE_OWNER_URL"];
const part = (Object.keys(PART_SETTINGS) as PartName[]).find((name) => name === process.argv[2]);
const share = Number(process.argv[3]);
if (!ownerUrl || !part || !(share > 0))
  throw new Error("Run it by npm run bench, which makes its database and names its parts.");

const sandboxUrl = process.env["SANDBOX_URL"] ?? "";
const realSandboxUrl = process.env["REAL_SANDBOX_URL"] ?? "";
const sandbox = lookAt(() => realSandboxUrl);

const team = await makeTeam(`Bench ${String(Date.now())}`);
const actor = await makeActor([[team, "owner"]]);
const PARTS: Readonly<Record<PartName, () => Promise<Figure[]>>> = {
  push: () => benchPush(actor),
  pace: () => benchPace(sandbox, share),
  lifted: () => benchLifted(ownerUrl, sandbox),
  growth: () => benchGrowth({ url: sandboxUrl, sandbox, sandboxUrl: realSandboxUrl, share }),
  ingest: async () => [
    ...(await benchParse()),
    ...(await benchIngest({ actor, ownerUrl })),
    ...(await benchList(actor)),
  ],
  million: () => benchLarge({ actor, ownerUrl, sizes: [MILLION] }),
  large: () => benchLarge({ actor, ownerUrl }),
  finding: () => benchFinding(ownerUrl, share),
  screening: () => benchScreening(actor, share),
  recall: () => benchRecall(actor),
  plan: () => benchPlan({ ownerUrl, sandbox, share }),
  save: () => benchSave(actor, { sandbox, share }),
};
const measured = await PARTS[part]();
const figures = share < 1 ? measured.map(withoutBar) : measured;
for (const figure of figures) {
  const { name, value, unit, bar, note } = figure;
  const words =
    bar &&
    `bar ${"most" in bar ? `≤ ${String(bar.most)}` : `≥ ${String(bar.least)}`} ${isMet(figure) ? "met" : "NOT MET"}`;
  const notes = joined(words, note);
  process.stdout.write(`${name.padEnd(58)} ${value.toFixed(2).padStart(12)} ${unit.padEnd(10)} ${notes}\n`);
}
if (!figures.every(isMet)) process.exitCode = 1;
await closeQueues();
await closeDatabase();
