import { afterAll, beforeAll, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { checkFeedChange } from "./check-feed";
import { previewFeedChange } from "./preview-saved-feed";
import { makeDesk } from "./testing/sandbox-feed";

const { asOwner } = useTestDatabase();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

const KEY = "k3y-of-this-feed";

/** Everything that the tables of feeds hold, as one text. */
const readTables = (): Promise<string> =>
  asOwner(async (client) => {
    const texts: string[] = [];
    for (const table of [
      "feed",
      "feed_run",
      "body",
      "run_rejection",
      "attribution",
      "audit_entry",
      "outbox",
    ]) {
      const { rows } = await client.query<{ text: string }>(`SELECT r::text AS text FROM ${table} r`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join("\n");
  });

it.each([
  ["misp-feed", "/feeds/misp/", {}],
  [
    "misp-server",
    "/feeds/misp-server",
    { auth: { type: "misp", key: "SluiceSandboxMispKey0123456789abcdefghij" } },
  ],
  ["taxii", "/feeds/taxii2/", {}],
])(
  "a key in the address of a %s is shown by no test or preview, and kept in no state",
  async (kind, path, more) => {
    const team = await makeTeam();
    const actor = await makeActor([[team, "owner"]]);
    const desk = makeDesk(team, actor);
    const feed = await desk.add({ kind, url: `${sandbox.url}${path}?apikey=${KEY}`, ...more });

    const shown = [await checkFeedChange(feed, {}), await previewFeedChange(feed, {}), await desk.run(feed)];

    expect(shown[0]).toMatchObject({ ok: true });
    expect(shown[2]).toMatchObject({ state: "succeeded" });
    expect(JSON.stringify(shown)).not.toContain(KEY);
    const kept = await readTables();
    expect(kept).toContain(feed.id);
    expect(kept).not.toContain(KEY);
  },
);
