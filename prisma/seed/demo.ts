// The lab's story, for `npm run demo`: Team A and Team B, their feed and local indicators, sandbox connectors, pushed.
// Everything goes through the same use-cases as in the console. Told once: when Team A exists it only says so.
import { setTimeout as delay } from "node:timers/promises";

import { findActorByToken } from "@/lib/auth/find-actor";
import { newOneTimePassword } from "@/lib/crypto/one-time-secret";
import { closeDatabase } from "@/lib/db/client";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { connectorCreateSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { env } from "@/lib/env/server";
import { closeQueues } from "@/lib/jobs/enqueue";
import { createConnector } from "@/lib/services/connectors/create-connector";
import { listSandboxPresets, type SandboxPresets } from "@/lib/services/connectors/sandbox-presets";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { applyPlan } from "@/lib/services/delivery/apply-plan";
import { createPlan } from "@/lib/services/delivery/create-plan";
import { getPush } from "@/lib/services/delivery/get-push";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { getRun } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { acceptAsNewUser } from "@/lib/services/people/accept-invitation";
import { createApiTokenFor } from "@/lib/services/people/create-api-token";
import { createTeam } from "@/lib/services/people/create-team";
import { inviteUser } from "@/lib/services/people/invite-user";

const PATIENCE_MS = 90_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const adminActor = async (): Promise<Actor> => {
  const { token } = await createApiTokenFor({
    email: env().ADMIN_EMAIL,
    name: "Demo story",
    scopes: ["*"],
    expiresInDays: 1,
  });
  const actor = await findActorByToken(token);
  if (!actor) throw new Error("The administrator could not be found.");
  return actor;
};

const makeTeam = async (admin: Actor, name: string): Promise<TeamAccess> => {
  const { id, slug } = await createTeam(admin, { name });
  return { id, slug, name, role: "owner" };
};

/** An owner of the team with a password of their own, which is said once. */
const makeOwner = async (admin: Actor, team: TeamAccess, email: string, name: string): Promise<void> => {
  const { url } = await inviteUser(admin, team.id, { email, role: "owner" });
  const password = newOneTimePassword();
  await acceptAsNewUser({ secret: url.split("/").at(-1) ?? "", name, password });
  say(`  ${team.name}: ${email}, password ${password}`);
};

const connect = async (
  admin: Actor,
  team: TeamAccess,
  kind: ConnectorKind,
  application: string,
  presets: SandboxPresets,
): Promise<string> => {
  const tenant = presets.find(({ applications }) =>
    applications.some(({ displayName }) => displayName === application),
  );
  const found = tenant?.applications.find(({ displayName }) => displayName === application);
  const workspace = tenant?.workspaces[0];
  if (!tenant || !found?.clientSecret || !workspace)
    throw new Error(`The sandbox has no application ${application}.`);
  const connector = await createConnector(
    admin,
    team.id,
    connectorCreateSchema.parse({
      team: team.slug,
      name: kind === "defender" ? "Defender" : "Sentinel",
      kind,
      cloud: "sandbox",
      tenantId: tenant.tenantId,
      clientId: found.clientId,
      clientSecret: found.clientSecret,
      ...(kind === "sentinel" && {
        workspaceId: workspace.workspaceId,
        subscriptionId: workspace.subscriptionId,
        resourceGroup: workspace.resourceGroup,
        workspaceName: workspace.name,
      }),
    }),
  );
  await testConnector(admin, { id: connector.id, teamId: team.id });
  return connector.id;
};

const until = async <T>(what: string, read: () => Promise<T | null>): Promise<T> => {
  const endsAt = Date.now() + PATIENCE_MS;
  while (Date.now() < endsAt) {
    const found = await read();
    if (found !== null) return found;
    await delay(300);
  }
  throw new Error(`${what} took longer than ${String(PATIENCE_MS / 1000)} seconds. Is the worker running?`);
};

const push = async (admin: Actor, team: TeamAccess, connectorId: string): Promise<void> => {
  const doer = asDoer(admin);
  const plan = await createPlan({ connectorId, teamId: team.id, doer });
  const { id } = await applyPlan({ planId: plan.id, teamId: team.id, hash: plan.hash, doer });
  await until("A push", async () => {
    const { state } = await getPush(admin, id);
    return state === "done" || state === "stopped" ? state : null;
  });
};

const tell = async (): Promise<void> => {
  const admin = await adminActor();
  if (admin.teams.some(({ name }) => name === "Team A")) {
    say("The demo’s story is loaded already.");
    return;
  }
  say("The lab’s story is loaded. Its people (these passwords are shown once):");
  const teamA = await makeTeam(admin, "Team A");
  const teamB = await makeTeam(admin, "Team B");
  const actor = await adminActor(); // now with both teams
  await makeOwner(actor, teamA, "owner@team-a.example", "Ada, Team A");
  await makeOwner(actor, teamB, "owner@team-b.example", "Ben, Team B");

  const presets = await listSandboxPresets();
  const connectorsA = [
    await connect(actor, teamA, "defender", "TPI_TeamA", presets),
    await connect(actor, teamA, "sentinel", "TPI_TeamA", presets),
  ];
  const connectorsB = [await connect(actor, teamB, "defender", "TPI_TeamB", presets)];

  const feed = await createFeed(
    actor,
    teamA.id,
    feedCreateSchema.parse({
      team: teamA.slug,
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
  const { id: runId } = await runFeedNow(actor, feed);
  await until("The first run", async () => {
    const { state } = await getRun(actor, runId);
    return state === "queued" || state === "running" ? null : state;
  });
  await addLocalIndicators(actor, teamA, [
    { value: "123.123.123.123", comment: "TeamA", confidence: 90, tags: ["lab"] },
    { value: "hxxps://login.update-portal-example[.]com/verify", comment: "Phishing kit" },
    { value: "update-portal-example[.]com", comment: "Phishing kit" },
    { value: "45.155.205.0/24", comment: "Scanning range" },
    { value: "10.11.12.13", comment: "An internal host, typed by mistake" },
  ]);
  await addLocalIndicators(actor, teamB, [
    { value: "123.123.123.123", comment: "TeamB", confidence: 70 },
    { value: "198.18.0.1", comment: "A lab address" },
  ]);
  for (const connectorId of connectorsA) await push(actor, teamA, connectorId);
  for (const connectorId of connectorsB) await push(actor, teamB, connectorId);
};

try {
  await tell();
} finally {
  await closeQueues();
  await closeDatabase();
}
