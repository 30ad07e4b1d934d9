import { afterAll, beforeAll, expect, it } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { makeDesk } from "./testing/sandbox-feed";
import { stageAnew } from "./testing/stage-anew";

useTestDatabase();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

const MISP_KEY = { auth: { type: "misp", key: "SluiceSandboxMispKey0123456789abcdefghij" } };

it.each([
  ["misp-feed", "/feeds/misp/", {}],
  ["misp-server", "/feeds/misp-server", MISP_KEY],
  ["taxii", "/feeds/taxii2/", {}],
])(
  "rows of a %s are known with their events, marks and ends, and not staged again",
  async (kind, path, more) => {
    const team = await makeTeam();
    const actor = await makeActor([[team, "owner"]]);
    const desk = makeDesk(team, actor);
    const feed = await desk.add({ kind, url: `${sandbox.url}${path}`, ...more });
    const { counts } = await desk.run(feed);
    const live = await desk.live(feed);
    expect(live.some(({ context }) => context !== null)).toBe(true);

    const { staged, passed } = await stageAnew(actor, feed);

    expect(staged).toEqual([]);
    expect(passed).toBe(live.length);
    expect(counts.duplicate).toBe(0);
  },
);
