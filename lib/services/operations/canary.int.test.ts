import { randomBytes, randomUUID } from "node:crypto";
import { inspect } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorCreateSchema } from "@/lib/domain/connector/connector-input";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createConnector } from "@/lib/services/connectors/create-connector";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { listSandboxPresets } from "@/lib/services/connectors/sandbox-presets";
import { testConnection, testConnector } from "@/lib/services/connectors/test-connection";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { applyPlan } from "@/lib/services/delivery/apply-plan";
import { createPlan } from "@/lib/services/delivery/create-plan";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { getPush } from "@/lib/services/delivery/get-push";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { getFeed } from "@/lib/services/feeds/get-feed";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { getRun } from "@/lib/services/feeds/list-runs";
import { previewFeed } from "@/lib/services/feeds/preview-feed";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { asDoer } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

const database = useTestDatabase();

// Each secret a person can give is a canary of its own, so that a finding says which one leaked.
const canary = (name: string): string => `canary-${name}-${randomBytes(9).toString("hex")}`;
const CANARIES = {
  clientSecret: canary("client-secret"),
  newClientSecret: canary("new-client-secret"),
  feedPassword: canary("feed-password"),
  feedHeader: canary("feed-header"),
  feedToken: canary("feed-token"),
};

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let team: TestTeam;
let actor: Actor;
/** What people and programs were answered, whatever it was. */
const answers: unknown[] = [];

const note = async (run: () => Promise<unknown>): Promise<void> => {
  try {
    answers.push(await run());
  } catch (error) {
    answers.push(error instanceof Error ? inspect(error, { depth: 8, showHidden: true }) : error);
  }
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

const feedOf = (auth: Record<string, unknown>, headers: Record<string, string> = {}) =>
  feedCreateSchema.parse({
    team: team.slug,
    name: `Canary ${randomUUID()}`,
    kind: "csv",
    url: `${sandbox.url}/feeds/faults/basic-auth`,
    auth,
    headers,
  });

describe("secrets go in, never out", () => {
  it("is used everywhere it can be used, in success and in failure", async () => {
    const [tenant] = await listSandboxPresets();
    const application = tenant?.applications.find(({ displayName }) => displayName === "TPI_TeamA");
    const input = connectorCreateSchema.parse({
      team: team.slug,
      name: "Defender",
      kind: "defender",
      cloud: "sandbox",
      tenantId: tenant?.tenantId,
      clientId: application?.clientId,
      clientSecret: CANARIES.clientSecret,
    });
    await note(() => testConnection(input));
    const connector = await createConnector(actor, team.id, input);
    const own = { id: connector.id, teamId: team.id };
    answers.push(connector);
    await note(() => testConnector(actor, own));
    await note(() => updateConnector(actor, own, { clientSecret: CANARIES.newClientSecret }));
    await note(() => testConnector(actor, own));
    await note(() => getConnector(actor, connector.id));

    await addLocalIndicators(actor, { ...team, role: "owner" }, [{ value: "45.155.205.9" }]);
    const doer = asDoer(actor);
    const plan = await createPlan({ connectorId: connector.id, teamId: team.id, doer });
    const push = await applyPlan({ planId: plan.id, teamId: team.id, hash: plan.hash, doer });
    await note(() => deliverPush(push.id, { signal: AbortSignal.timeout(30_000) }));
    await note(() => getPush(actor, push.id));

    const feeds = [
      feedOf(
        { type: "basic", username: "reader", password: CANARIES.feedPassword },
        { "x-api-key": CANARIES.feedHeader },
      ),
      feedOf({ type: "bearer", token: CANARIES.feedToken }),
    ];
    for (const feed of feeds) {
      await note(() => previewFeed(team.id, feed));
      const saved = await createFeed(actor, team.id, feed);
      answers.push(saved);
      const { id } = await runFeedNow(actor, saved);
      await note(() => ingestRun(id, { workerId: randomUUID(), signal: AbortSignal.timeout(30_000) }));
      await note(() => getRun(actor, id));
      await note(() => getFeed(actor, saved.id));
    }
    expect(answers.length).toBeGreaterThan(12);
  });

  it.each(Object.entries(CANARIES))("%s stands in no answer and no error", (_name, secret) => {
    expect(JSON.stringify(answers)).not.toContain(secret);
  });

  it("stands in no row of any table, jobs, audit and outbox included", async () => {
    const found = await database.asOwner(async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'bullmq')`,
      );
      const hits: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<{ hits: number }>(
          `SELECT count(*)::int AS hits FROM ${name} t WHERE t::text LIKE '%canary-%-' || '%' AND t::text ~ $1`,
          [Object.values(CANARIES).join("|")],
        );
        if ((rows[0]?.hits ?? 0) > 0) hits.push(name);
      }
      return hits;
    });

    expect(found).toEqual([]);
  });
});
