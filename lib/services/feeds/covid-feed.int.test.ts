import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { feedCreateSchema } from "@/lib/domain/feed/feed";
import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { acceptRun } from "./decide-run";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { runFeedNow } from "./queue-run";

const FOLDER = join(import.meta.dirname, "../../../../shared/feeds/microsoft-covid19");

// The feed of the founding lab, as it was really published; the folder does not travel with the project.
describe.runIf(existsSync(FOLDER))("the real Microsoft COVID-19 feed", () => {
  useTestDatabase();
  const server = useFeedServer();
  const workerId = randomUUID();
  let actor: Actor;
  let feed: { id: string; teamId: string };

  beforeAll(async () => {
    const team = await makeTeam();
    actor = await makeActor([[team, "owner"]]);
    feed = await createFeed(
      actor,
      team.id,
      feedCreateSchema.parse({
        team: team.slug,
        name: "Microsoft COVID-19",
        kind: "csv",
        url: server.address(),
        csv: { valueColumns: [2], columns: { firstSeen: 1, type: 3, tlp: 4, threatType: 6, comment: 7 } },
      }),
    );
  });

  const carryOut = async (id: string) => {
    await ingestRun(id, { workerId, signal: new AbortController().signal });
    return getRun(actor, id);
  };

  const publish = async (file: string) => {
    server.serve({ body: readFileSync(join(FOLDER, file)) });
    const { id } = await runFeedNow(actor, feed);
    return carryOut(id);
  };

  // Rows and differences as the publisher's history and an independent count have them.
  it.each([
    ["01_2020-05-14_11863772.csv", { state: "succeeded", counts: { values: 283, added: 283, active: 283 } }],
    ["02_2020-05-15_e222d78a.csv", { state: "held", counts: { values: 96 } }],
    [
      "03_2020-05-15_9835a5e2.csv",
      { state: "succeeded", counts: { values: 295, added: 12, removed: 0, active: 295 } },
    ],
    ["19_2020-06-11_22bf657d.csv", { state: "succeeded", counts: { values: 582, added: 287, removed: 0 } }],
    ["26_2020-07-02_02bbada9.csv", { state: "succeeded", counts: { values: 950, added: 368, active: 950 } }],
  ])("publication %s", async (file, expected) => {
    expect(await publish(file)).toMatchObject(expected);
  });

  it("the last publication, 36 other rows, is held; accepted it replaces all 950", async () => {
    const held = await publish("54_2020-11-02_21b958c0.csv");
    expect(held).toMatchObject({ state: "held", counts: { values: 36 } });

    await acceptRun(actor, held);

    expect(await carryOut(held.id)).toMatchObject({
      state: "succeeded",
      counts: { values: 36, added: 36, removed: 950, active: 36, rejected: 0 },
    });
  });
});
