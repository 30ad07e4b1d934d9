import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { feedPreviewSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { checkFeed } from "./check-feed";
import { previewFeed } from "./preview-feed";
import { FAILURES, ROBOT_PAGE, WEB_PAGE } from "./testing/fault-answers";
import { steer } from "./testing/sandbox-feed";

useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  team = await makeTeam();
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});
beforeEach(() => steer(sandbox).call("POST", "/reset"));

const KEY = "SluiceSandboxMispKey0123456789abcdefghij";
type Feed = readonly [kind: string, path: string, more: object];
const KINDS: readonly Feed[] = [
  ["csv", "/feeds/covid19.csv", {}],
  ["freetext", "/feeds/blocklist.txt", {}],
  ["json", "/feeds/covid19.csv", {}],
  ["misp-feed", "/feeds/misp/", {}],
  ["misp-server", "/feeds/misp-server", { auth: { type: "misp", key: KEY } }],
  ["taxii", "/feeds/taxii2/", {}],
];

/** What the connection test and the preview say when the source answers all of their requests so. */
const hear = async ([kind, path, more]: Feed, answer: object) => {
  const input = feedPreviewSchema.parse({ team: team.slug, kind, url: `${sandbox.url}${path}`, ...more });
  const match = { path: `${path}*` };
  await steer(sandbox).call("POST", "/faults", { match, times: null, ...answer });
  const { ok, checks } = await checkFeed(input);
  const preview = await previewFeed(team.id, input).then(
    () => "It was shown.",
    (error: unknown) => (error instanceof Error ? error.message : ""),
  );
  return { ok, check: checks.at(-1), preview };
};

describe.each(KINDS)("the connection test and the preview of a feed of the kind %s", (...feed) => {
  it.each(FAILURES)("say of %s what a run says", async (_name, answer, _code, sentence) => {
    const { ok, check, preview } = await hear(feed, answer);

    expect(ok).toBe(false);
    expect(check?.detail).toMatch(sentence);
    expect(preview).toMatch(sentence);
  });

  it("say of a web page that it is one, and of a check for robots whose it is and what to do", async () => {
    expect((await hear(feed, WEB_PAGE)).check?.detail).toMatch(/answered with a web page/);
    await steer(sandbox).call("DELETE", "/faults");

    const { check, preview } = await hear(feed, ROBOT_PAGE);

    const sentence = /takes Sluice for a robot: .*Cloudflare.*Nothing was changed\. Ask the provider/;
    expect(check?.detail).toMatch(sentence);
    expect(check?.fix).toBe("");
    expect(preview).toMatch(sentence);
  });
});

describe("the preview of a list whose answer breaks off", () => {
  it.each(["truncated", "gzip-broken", "gzip-file-cut"])(
    "says so, and again of the same bytes (%s)",
    async (name) => {
      const input = { team: team.slug, kind: "csv", url: `${sandbox.url}/feeds/faults/${name}` };

      const first = await previewFeed(team.id, feedPreviewSchema.parse(input));
      const { previewId } = first;
      const again = await previewFeed(team.id, feedPreviewSchema.parse({ ...input, previewId }));

      expect(first.isBeginning).toBe(false);
      expect(first.cutShort).toMatch(/before it (?:was|is) complete/);
      expect(first.counts.lines).toBeGreaterThan(0);
      expect(again.cutShort).toBe(first.cutShort);
    },
  );

  it("says nothing of the sort of a whole one", async () => {
    const input = { team: team.slug, kind: "csv", url: `${sandbox.url}/feeds/covid19.csv` };

    expect((await previewFeed(team.id, feedPreviewSchema.parse(input))).cutShort).toBeNull();
  });
});
