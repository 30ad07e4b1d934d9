// The lab's story, for `npm run demo`: Team A and Team B, their feed and local indicators, sandbox connectors, pushed; then the
// feed shrinks, and its last run waits for a person. Told once: when Team A exists it only says so. What it says on standard
// output is for people, also when it breaks off: passwords are in no other place.
import { inspect } from "node:util";

import { closeDatabase } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { env } from "@/lib/env/server";
import { closeQueues } from "@/lib/jobs/enqueue";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";

import {
  asAdministrator,
  connect,
  makeOwner,
  makeTeam,
  nameTenants,
  push,
  readySandbox,
  runFeed,
  say,
  turnFeed,
} from "./demo-steps";

/** As an analyst pastes them: mixed types, defanged; the last two are no indicators. */
const PASTED = [
  "hxxps://login.update-portal-example[.]com/verify",
  "update-portal-example[.]com",
  "billing[@]update-portal-example[.]com",
  "45.155.205[.]0/24",
  "45[.]155[.]205[.]77",
  "2a0f:9400:7777::66",
  "5f2b7c1e9d8a4b3c6e0f1a2d3c4b5a69788796a5b4c3d2e1f00112233445566a",
  "10.11.12[.]13",
  "45.155.205.999",
  "see the ticket of Monday",
];

const tell = async (again: () => Promise<Actor>): Promise<void> => {
  await readySandbox();
  say("The lab’s story and its people (these passwords are shown once):");
  const first = await again();
  const teamA = await makeTeam(first, "Team A");
  const teamB = await makeTeam(first, "Team B");
  const actor = await again();
  await makeOwner(actor, teamA, { email: "owner@team-a.example", name: "Ada, Team A" });
  await makeOwner(actor, teamB, { email: "owner@team-b.example", name: "Ben, Team B" });

  const connectorsA = [
    await connect(actor, teamA, "defender", "TPI_TeamA"),
    await connect(actor, teamA, "sentinel", "TPI_TeamA"),
  ];
  const connectorB = await connect(actor, teamB, "defender", "TPI_TeamB");

  await nameTenants(actor);

  const feed = await addFeed(actor, teamA);
  await runFeed(actor, feed, "succeeded");
  await addLocal(actor, teamA);
  await addLocalIndicators(actor, teamB, [
    { value: "123.123.123.123", comment: "TeamB", confidence: 70 },
    { value: "198.18.0.1", comment: "A lab address" },
  ]);
  for (const connectorId of connectorsA) await push(actor, teamA, connectorId);
  await push(actor, teamB, connectorB);

  await turnFeed(2);
  await runFeed(actor, feed, "held");
  say("  Team A’s feed shrank from 950 rows to 36: its last run is held and waits for a person.");
};

const addFeed = (actor: Actor, team: TeamAccess) =>
  createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      team: team.slug,
      name: "Team A - Microsoft COVID-19 Indicators",
      provider: "Microsoft (a synthetic copy from the sandbox)",
      kind: "csv",
      url: `${env().SANDBOX_URL ?? ""}/feeds/covid19.csv`,
      everyMinutes: 60,
      csv: { valueColumns: [2], columns: { firstSeen: 1, tlp: 4, threatType: 6, comment: 7 } },
      confidence: 80,
      tlp: "clear",
    }),
  );

const addLocal = async (actor: Actor, team: TeamAccess): Promise<void> => {
  await addLocalIndicators(actor, team, [
    { value: "123.123.123.123", comment: "TeamA", confidence: 90, tags: ["lab"] },
  ]);
  const outcomes = await addLocalIndicators(
    actor,
    team,
    PASTED.map((value) => ({ value, comment: "Phishing kit", tags: ["phishing"] })),
  );
  const refused = outcomes.filter(({ outcome }) => outcome === "rejected");
  say(`  Team A pasted ${String(outcomes.length)} indicators; ${String(refused.length)} are none:`);
  for (const { value, reason } of refused) say(`    “${value}”: ${reason ?? ""}`);
};

/** The story ends with a second run of Team A's list; a team without it was made by somebody else, or the story broke off. */
const howFar = async (): Promise<"untold" | "begun" | "told"> =>
  asSystem("operations", async (tx) => {
    const team = await tx.team.findFirst({ where: { name: "Team A" }, select: { id: true } });
    if (!team) return "untold";
    const last = await tx.feedRun.count({
      where: { teamId: team.id, number: { gte: 2 }, feed: { kind: "csv" } },
    });
    return last > 0 ? "told" : "begun";
  });

try {
  const progress = await howFar();
  if (progress === "untold") await asAdministrator(tell);
  else if (progress === "told") say("The demo’s story is loaded already.");
  else {
    say(
      "There is a Team A without the whole story: it was made by hand, or the story broke off. It stays as it is.",
    );
    say("  For the story from its beginning start the demo with another DATA_DIR.");
    say("  An administrator makes new passwords for its people under Administration, Users.");
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  say(`  Here the story broke off: ${message}`);
  say("  What it had made stays, and can be used.");
  process.stderr.write(`${inspect(error)}\n`);
  process.exitCode = 1;
} finally {
  await closeQueues();
  await closeDatabase();
}
