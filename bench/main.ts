// What `npm run bench` measures, printed as a table; docs/performance.md says how to read it. `push`, `pace`, `recall` and `save` measure
// against the running sandbox; `ingest`, everything else, puts its own server in the sandbox's place, since the guard lets nothing else
// on this machine through.
import { closeDatabase } from "@/lib/db/client";
import { closeQueues } from "@/lib/jobs/enqueue";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { benchFinding } from "./finding";
import { benchIngest } from "./ingest";
import { benchLarge, MILLION } from "./large";
import { benchGrowth, benchLifted } from "./lifted";
import { isMet, type Figure } from "./lib";
import { benchList } from "./list";
import { benchPace } from "./pace";
import { benchParse } from "./parse";
import { benchPlan } from "./plan";
import { benchPush } from "./push";
import { benchRecall } from "./recall";
import { benchSave } from "./save";
import { benchScreening } from "./screening";

const ownerUrl = process.env["DATABASE_OWNER_URL"];
const PART_NAMES = [
  "push",
  "pace",
  "lifted",
  "growth",
  "ingest",
  "million",
  "large",
  "finding",
  "screening",
  "plan",
  "save",
  "recall",
] as const;
const part = PART_NAMES.find((name) => name === process.argv[2]);
if (!ownerUrl || !part)
  throw new Error("Run it by npm run bench, which makes its database and names its parts.");

const sandboxUrl = process.env["SANDBOX_URL"] ?? "";

const team = await makeTeam(`Bench ${String(Date.now())}`);
const actor = await makeActor([[team, "owner"]]);
const PARTS: Readonly<Record<(typeof PART_NAMES)[number], () => Promise<Figure[]>>> = {
  push: () => benchPush(actor),
  pace: () => benchPace(actor),
  lifted: () => benchLifted(ownerUrl, sandboxUrl),
  growth: () =>
    benchGrowth({
      url: sandboxUrl,
      sandboxUrl: process.env["REAL_SANDBOX_URL"] ?? "",
      scale: Number(process.argv[3] ?? 1),
    }),
  ingest: async () => [
    ...(await benchParse()),
    ...(await benchIngest({ actor, ownerUrl })),
    ...(await benchList(actor)),
  ],
  million: () => benchLarge({ actor, ownerUrl, sizes: [MILLION] }),
  large: () => benchLarge({ actor, ownerUrl }),
  // A smaller scenario serves to try it: `npm run bench -- finding 0.05`.
  finding: () => benchFinding(ownerUrl, Number(process.argv[3] ?? 1)),
  screening: () => benchScreening(actor, Number(process.argv[3] ?? 1)),
  recall: () => benchRecall(actor),
  plan: () => benchPlan(ownerUrl, Number(process.argv[3] ?? 1)),
  save: () => benchSave(actor, Number(process.argv[3] ?? 1)),
};
const figures = await PARTS[part]();
for (const figure of figures) {
  const { name, value, unit, bar, note = "" } = figure;
  const words =
    bar &&
    `bar ${"most" in bar ? `≤ ${String(bar.most)}` : `≥ ${String(bar.least)}`} ${isMet(figure) ? "met" : "NOT MET"}`;
  const notes = [words, note].filter(Boolean).join("; ");
  process.stdout.write(`${name.padEnd(58)} ${value.toFixed(2).padStart(12)} ${unit.padEnd(10)} ${notes}\n`);
}
if (!figures.every(isMet)) process.exitCode = 1;
await closeQueues();
await closeDatabase();
