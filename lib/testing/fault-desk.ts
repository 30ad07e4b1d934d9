import { afterAll, beforeAll, beforeEach, expect } from "vitest";

import { limitsSchema } from "@/lib/domain/feed/limit-settings";
import { makeDesk, steer } from "@/lib/services/feeds/testing/sandbox-feed";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import type { useTestDatabase } from "./database";
import { makeActor, makeTeam, type TestTeam } from "./people";

type Desk = ReturnType<typeof makeDesk>;
type Feed = Awaited<ReturnType<Desk["add"]>>;

/**
 * A feed of the sandbox's, new for every test and with one good run behind it, whose source can be spoiled. Its guards are
 * those that feeds have, but for `settings`.
 */
export const useFaultDesk = (settings: (sandboxUrl: string) => object) => {
  let sandbox: Sandbox;
  let team: TestTeam;
  let actor: Awaited<ReturnType<typeof makeActor>>;
  let desk: Desk;
  let feed: Feed;
  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    steer(sandbox).call(method, path, body);
  const run = () => desk.run(feed);

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
    process.env["SANDBOX_URL"] = sandbox.url;
    team = await makeTeam();
    actor = await makeActor([[team, "owner"]]);
    desk = makeDesk(team, actor);
  });
  beforeEach(async () => {
    await call("POST", "/reset");
    feed = await desk.add({ shrinkLimitPercent: 25, guards: {}, ...settings(sandbox.url) });
    expect(await run()).toMatchObject({ state: "succeeded" });
  });
  afterAll(async () => {
    delete process.env["SANDBOX_URL"];
    await sandbox.close();
  });

  return {
    call,
    run,
    url: (path: string): string => `${sandbox.url}${path}`,
    /** What the feed vouches for now. */
    live: async (): Promise<readonly string[]> => (await desk.live(feed)).map(({ value }) => value),
    /** From now on a path answers so, after `skip` good answers. */
    spoil: (path: string, answer: object, skip = 0) =>
      call("POST", "/faults", { match: { path }, skip, times: null, ...answer }),
    heal: () => call("DELETE", "/faults"),
    limit: (limits: object) => updateFeed(actor, feed, { limits: limitsSchema.parse(limits) }),
  };
};

/** So much time goes by for what the last runs remember of when they read everything. */
export const letHoursPass = (database: ReturnType<typeof useTestDatabase>, hours: number): Promise<void> =>
  database.asOwner(async (client) => {
    await client.query(
      `UPDATE body SET source_state = jsonb_set(source_state, '{fullAt}',
         to_jsonb(to_char((source_state->>'fullAt')::timestamptz AT TIME ZONE 'UTC' - $1 * interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
       WHERE source_state ? 'fullAt'`,
      [hours],
    );
  });
