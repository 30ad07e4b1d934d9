// What `npm run demo` does, step by step, through the same use-cases as the console.
import { setTimeout as delay } from "node:timers/promises";

import { findActorByToken } from "@/lib/auth/find-actor";
import { newOneTimePassword } from "@/lib/crypto/one-time-secret";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { connectorCreateSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { env } from "@/lib/env/server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";
import { createConnector } from "@/lib/services/connectors/create-connector";
import { listSandboxPresets, type SandboxPresets } from "@/lib/services/connectors/sandbox-presets";
import { listTenants, nameTenant } from "@/lib/services/connectors/tenants";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { getPush } from "@/lib/services/delivery/get-push";
import { getRun } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { acceptAsNewUser } from "@/lib/services/people/accept-invitation";
import { asSystem } from "@/lib/db/scope";
import { createApiTokenFor } from "@/lib/services/people/create-api-token";
import { createTeam } from "@/lib/services/people/create-team";
import { inviteUser } from "@/lib/services/people/invite-user";
import { revokeToken } from "@/lib/services/people/tokens";

const PATIENCE_MS = 90_000;

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Works as the first administrator, by a token that ends with the work. `again` sees the teams made since. */
export const asAdministrator = async (
  work: (again: () => Promise<Actor>) => Promise<void>,
): Promise<void> => {
  const { token } = await createApiTokenFor({
    email: await findAdministrator(),
    name: "Demo story",
    scopes: ["*"],
    expiresInDays: 1,
  });
  const again = async (): Promise<Actor> => {
    const actor = await findActorByToken(token);
    if (!actor) throw new Error("The administrator could not be found.");
    return actor;
  };
  try {
    await work(again);
  } finally {
    const actor = await again();
    if (actor.via.kind === "token") await revokeToken(actor, actor.via.tokenId);
  }
};

// ADMIN_EMAIL is for the first start only: whoever administers now may have another address.
const findAdministrator = async (): Promise<string> => {
  const found = await asSystem("operations", (tx) =>
    tx.user.findFirst({
      where: { isAdministrator: true, disabledAt: null },
      orderBy: { createdAt: "asc" },
      select: { email: true },
    }),
  );
  if (!found) throw new Error("There is no active administrator.");
  return found.email;
};

/** A new team, which the administrator owns as every other. */
export const makeTeam = async (admin: Actor, name: string): Promise<TeamAccess> => {
  const { id, slug } = await createTeam(admin, { name });
  return { id, slug, name, role: "owner" };
};

/** An owner of the team with a password of their own, which is said once. */
export const makeOwner = async (
  admin: Actor,
  team: TeamAccess,
  { email, name }: { email: string; name: string },
): Promise<void> => {
  const { url } = await inviteUser(admin, team.id, { email, role: "owner" });
  const password = newOneTimePassword();
  await acceptAsNewUser({ secret: url.split("/").at(-1) ?? "", name, password });
  say(`  ${team.name}: ${email}, password ${password}`);
};

/** Connects a team to a destination in the sandbox and tests the connection. */
export const connect = async (
  admin: Actor,
  team: TeamAccess,
  kind: ConnectorKind,
  application: string,
): Promise<string> => {
  const { tenantId, clientId, clientSecret, workspace } = findPreset(await listSandboxPresets(), application);
  const connector = await createConnector(
    admin,
    team.id,
    connectorCreateSchema.parse({
      team: team.slug,
      name: kind === "defender" ? "Defender" : "Sentinel",
      kind,
      cloud: "sandbox",
      tenantId,
      clientId,
      clientSecret,
      ...(kind === "sentinel" && {
        workspaceId: workspace.workspaceId,
        subscriptionId: workspace.subscriptionId,
        resourceGroup: workspace.resourceGroup,
        workspaceName: workspace.name,
      }),
    }),
  );
  const { ok, checks } = await testConnector(admin, { id: connector.id, teamId: team.id });
  if (ok) return connector.id;
  const failed = checks.flatMap((check) => (check.ok ? [] : [`${check.name}: ${check.fix}`]));
  throw new Error(`${team.name}: the test of ${connector.name} failed. ${failed.join(" ")}`);
};

/** Has the sandbox's tenants called by the names that they have there. */
export const nameTenants = async (admin: Actor): Promise<void> => {
  const used = new Set((await listTenants(admin)).map(({ tenantId }) => tenantId));
  for (const { tenantId, displayName } of await listSandboxPresets())
    if (used.has(tenantId)) await nameTenant(admin, tenantId, displayName);
};

const findPreset = (presets: SandboxPresets, application: string) => {
  for (const { tenantId, applications, workspaces } of presets) {
    const found = applications.find(({ displayName }) => displayName === application);
    const [workspace] = workspaces;
    if (found?.clientSecret && workspace) return { ...found, tenantId, workspace };
  }
  throw new Error(`The sandbox has no application ${application}.`);
};

/** Runs a feed and waits until the run ended, one way or another, as it should. */
export const runFeed = async (
  admin: Actor,
  feed: { id: string; teamId: string },
  expected: "succeeded" | "held",
): Promise<void> => {
  const { id } = await runFeedNow(admin, feed);
  const run = await until("A run", async () => {
    const found = await getRun(admin, id);
    return found.state === "queued" || found.state === "running" ? null : found;
  });
  if (run.state !== expected)
    throw new Error(
      `A run ended as ${run.state} instead of ${expected}: ${run.error?.message ?? "no reason given"}`,
    );
};

/** Plans, applies and waits until every item has its outcome. */
export const push = async (admin: Actor, team: TeamAccess, connectorId: string): Promise<void> => {
  const doer = asDoer(admin);
  const plan = await createPlan({ connectorId, teamId: team.id, doer });
  const { id } = await applyPlan({ planId: plan.id, teamId: team.id, hash: plan.hash, doer });
  const { state, message } = await until("A push", async () => {
    const found = await getPush(admin, id);
    return found.state === "done" || found.state === "stopped" ? found : null;
  });
  if (state === "stopped")
    throw new Error(`${team.name}: a push stopped. ${message ?? "It gave no reason."}`);
};

/** Sets the sandbox to where the story begins: its COVID-19 feed with 950 rows, and no fault that somebody left armed. */
export const readySandbox = async (): Promise<void> => {
  await steer({ method: "DELETE", path: "faults" });
  await turnFeed(1);
};

/** Lets the sandbox's COVID-19 feed answer with that version: 950 rows at first, 36 in the last. */
export const turnFeed = (version: 1 | 2): Promise<void> =>
  steer({ method: "POST", path: "feeds/covid19", body: { json: { version } } });

type Steering =
  { method: "DELETE"; path: string } | { method: "POST"; path: string; body: { json: unknown } };

const steer = async ({ path, ...request }: Steering): Promise<void> => {
  const url = env().SANDBOX_URL ?? "";
  const fetch = createVendorFetch({ allowedOrigins: [new URL(url).origin], totalMs: 5_000 });
  const { status } = await fetch({ ...request, effect: "write", url: `${url}/_control/${path}` });
  if (status >= 300) throw new Error(`The sandbox answered ${String(status)} instead of doing as told.`);
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
