import { randomUUID } from "node:crypto";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { limitsSchema } from "@/lib/domain/feed/limit-settings";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startHarness, type Harness } from "@/sandbox/testing/harness";

import { createFeed } from "./create-feed";
import { acceptRun, discardRun } from "./decide-run";
import { getFeedHealth } from "./feed-health";
import { getFeed } from "./get-feed";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { runFeedNow } from "./queue-run";
import { updateFeed } from "./update-feed";

// What is tried again is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

useTestDatabase();

const ROWS = 950;
const workerId = randomUUID();
let sandbox: Harness;
let actor: Actor;
let feed: { id: string; teamId: string };

const run = async () => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId, signal: new AbortController().signal });
  return getRun(actor, id);
};

const findHealth = async () => getFeedHealth(await getFeed(actor, feed.id), new Date());

const countLive = (): Promise<number> =>
  asTeam(feed.teamId, (tx) =>
    tx.attribution.count({ where: { feedId: feed.id, teamId: feed.teamId, untilGeneration: null } }),
  );

beforeAll(async () => {
  sandbox = await startHarness();
  process.env["SANDBOX_URL"] = sandbox.url;
  const team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      team: team.slug,
      name: "COVID-19",
      kind: "csv",
      url: `${sandbox.url}/feeds/covid19.csv`,
      csv: { valueColumns: [2], columns: { firstSeen: 1, type: 3, tlp: 4, threatType: 6, comment: 7 } },
    }),
  );
  await run();
});
afterEach(async () => {
  await sandbox.control("DELETE", "/faults");
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

/** The feed's own address answers so from now on. */
const arm = (fault: object) =>
  sandbox.control("POST", "/faults", { match: { path: "/feeds/covid19.csv" }, times: null, ...fault });
/** It gives what stands below `/feeds/faults/`. */
const redirected = (name: string) => ({
  status: 302,
  headers: { location: `/feeds/faults/${name}` },
  body: "",
});

const FAULTS: readonly (readonly [string, object, string, string, RegExp])[] = [
  [
    "429",
    { status: 429, headers: { "retry-after": "1" }, body: "" },
    "failed",
    "upstream_unavailable",
    /slow down \(HTTP 429\)/,
  ],
  [
    "429 for hours",
    { status: 429, headers: { "retry-after": "7200" }, body: "" },
    "failed",
    "upstream_unavailable",
    /slow down/,
  ],
  ["500", { status: 500, body: "" }, "failed", "upstream_unavailable", /in trouble \(HTTP 500\)/],
  ["404", { status: 404, body: "" }, "failed", "upstream_rejected", /may have moved/],
  ["401", redirected("basic-auth"), "failed", "upstream_rejected", /wants credentials/],
  ["a reset", { reset: true }, "failed", "upstream_unavailable", /before it was complete/],
  ["a body cut short", redirected("truncated"), "held", "cut_short", /broke off/],
  ["a gzip file cut short", redirected("gzip-file-cut"), "held", "cut_short", /gzip file ends before/],
  ["damaged gzip", redirected("gzip-broken"), "held", "cut_short", /before it was complete/],
  ["a bomb", redirected("gzip-bomb"), "failed", "upstream_rejected", /out of all proportion/],
  ["a web page", redirected("html"), "held", "web_page", /web page instead of data/],
  [
    "a web page at the feed's own address",
    { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><html></html>" },
    "held",
    "web_page",
    /web page instead of data/,
  ],
  ["a page to sign in", redirected("login"), "failed", "upstream_rejected", /sign-in page/],
  ["a redirect in a circle", redirected("redirect-loop"), "failed", "upstream_rejected", /in a circle/],
  [
    "a redirect to a private address",
    redirected("redirect?to=http://169.254.169.254/"),
    "failed",
    "blocked_address",
    /not a public address/,
  ],
  ["nothing", redirected("empty"), "held", "empty", /no indicator \(0 bytes\)/],
  ["comments only", redirected("comments"), "held", "empty", /no indicator/],
  ["half the rows", redirected("half"), "held", "shrink", /475 indicators instead of about 950/],
  ["another delimiter", redirected("semicolons"), "held", "empty", /no indicator/],
];

describe("a feed whose source gives", () => {
  it.each(FAULTS)(
    "%s ends in a state with its name, loses nothing and heals",
    async (_name, fault, state, code, sentence) => {
      await arm(fault);

      const spoiled = await run();

      expect(spoiled).toMatchObject({ state, error: { code } });
      expect(spoiled.error?.message).toMatch(sentence);
      expect(await countLive()).toBe(ROWS);

      await sandbox.control("DELETE", "/faults");
      expect(await run()).toMatchObject({ state: "unchanged", counts: { active: ROWS } });
      expect((await getRun(actor, spoiled.id)).state).toBe(state === "held" ? "discarded" : state);
      expect(await countLive()).toBe(ROWS);
    },
  );

  it("half the rows again after it was whole is held again", async () => {
    await arm(redirected("half"));
    await run();
    await sandbox.control("DELETE", "/faults");
    await run();
    await arm(redirected("half"));

    expect(await run()).toMatchObject({ state: "held", error: { code: "shrink" } });
    // The next hour brings the same: one question is enough.
    expect(await run()).toMatchObject({ state: "unchanged" });
  });

  it("a source that asks for hours is asked again after them, and the next run says so", async () => {
    // Of a refusal it says nothing that holds: once its key is mended, the feed runs at its ordinary hour.
    await arm({ status: 401, headers: { "retry-after": "80000" }, body: "" });
    await run();
    expect((await getFeed(actor, feed.id)).nextRunAt?.getTime()).toBeLessThan(Date.now() + 4_000_000);
    await sandbox.control("DELETE", "/faults");
    await arm({ status: 429, headers: { "retry-after": "7200" }, body: "" });

    const { finishedAt } = await run();

    const { nextRunAt } = await getFeed(actor, feed.id);
    const waitMs = (nextRunAt?.getTime() ?? 0) - (finishedAt?.getTime() ?? 0);
    expect(waitMs).toBeGreaterThanOrEqual(7_199_000);
    expect(waitMs).toBeLessThan(7_260_000);
  });

  it.each([
    ["a slow drip", redirected("drip"), { maxMinutes: 0.05 }, /3 seconds/],
    ["its first byte too late", redirected("slow?delayMs=20000"), { maxMinutes: 0.05 }, /3 seconds/],
    ["more rows than it may", redirected("half"), { maxRows: 100 }, /more than 100 rows/],
    ["more bytes than it may", redirected("huge?mb=3"), { maxMegabytes: 1 }, /more than 1 MB/],
  ])("%s fails at the feed's own limit, loses nothing and heals", async (_name, fault, limits, sentence) => {
    await updateFeed(actor, feed, { limits: limitsSchema.parse(limits) });
    await arm(fault);

    const spoiled = await run();

    expect(spoiled.state).toBe("failed");
    expect(spoiled.error?.message).toMatch(sentence);
    expect(await countLive()).toBe(ROWS);

    await sandbox.control("DELETE", "/faults");
    await updateFeed(actor, feed, { limits: limitsSchema.parse({}) });
    expect(await run()).toMatchObject({ counts: { active: ROWS, removed: 0 } });
  });

  it("what was discarded and comes again is told of until the source changes, and can be accepted until then", async () => {
    await arm(redirected("half"));
    const held = await run();
    await discardRun(actor, held);
    await sandbox.control("DELETE", "/faults");
    await arm({ status: 500, body: "" });
    await run();
    expect(await findHealth()).toMatchObject({ refusedRunId: null, failureStreak: 1 });
    await sandbox.control("DELETE", "/faults");
    await arm(redirected("half"));

    expect(await run()).toMatchObject({ state: "unchanged", isLive: false, sameAs: held.number });
    expect(await findHealth()).toMatchObject({
      ...{ refusedRunId: held.id, heldRunId: null, failureStreak: 0, active: ROWS },
    });

    await sandbox.control("DELETE", "/faults");
    const { number } = await run();
    expect(await findHealth()).toMatchObject({ refusedRunId: null });
    await expect(acceptRun(actor, held)).rejects.toThrow(`another list since, in run ${String(number)}`);
    await expect(discardRun(actor, held)).rejects.toThrow("this one is discarded");

    await arm(redirected("half"));
    await run();
    const before = new Date();
    await acceptRun(actor, held);
    expect(await getRun(actor, held.id)).toMatchObject({
      state: "queued",
      startedAt: null,
      finishedAt: null,
    });
    expect((await findHealth()).lastRun?.id).toBe(held.id);
    await ingestRun(held.id, { workerId, signal: new AbortController().signal });
    const accepted = await getRun(actor, held.id);
    expect(accepted).toMatchObject({ state: "succeeded", counts: { active: ROWS / 2 } });
    expect(accepted.startedAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await expect(acceptRun(actor, held)).rejects.toThrow("this one is succeeded");
  });
});
