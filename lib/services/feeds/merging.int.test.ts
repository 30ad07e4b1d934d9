import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { tlpCode } from "@/lib/domain/indicator/types";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { ingestRun } from "./ingest-run";
import { runFeedNow } from "./queue-run";

useTestDatabase();
const server = useFeedServer();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** A feed of the team that has been read once. */
const readFeed = async (rows: readonly string[]): Promise<void> => {
  server.serve(["value,confidence,tlp,tags,comment,threat,first,last,until", ...rows].join("\n"));
  const columns = {
    ...{ confidence: 2, tlp: 3, tags: 4, comment: 5, threatType: 6 },
    ...{ firstSeen: 7, lastSeen: 8, validUntil: 9 },
  };
  const given = { kind: "csv", url: server.address(), csv: { valueColumns: [1], header: true, columns } };
  const input = feedCreateSchema.parse({ team: team.slug, name: `Feed ${randomUUID()}`, ...given });
  const { id } = await runFeedNow(actor, await createFeed(actor, team.id, input));
  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
};

const merged = {
  confidence: 80,
  tlp: tlpCode("amber"),
  tags: ["apt", "c2", "x"],
  first: new Date("2026-01-01"),
  last: new Date("2026-01-04"),
  until: new Date("2099-03-01"),
};
const mild = "1.2.3.4,20,green,c2|apt,,C2,2026-01-02,2026-01-04,2099-02-01";
const strict = "1.2.3.4,80,amber,x|apt,Second,Worm,2026-01-01,2026-01-03,2099-03-01";
const endless = "1.2.3.4,10,clear,x,,,2026-01-02,2026-01-03,";

describe("rows of one value in one list", () => {
  const attributions = () =>
    asTeam(
      team.id,
      (tx) => tx.$queryRaw`
        SELECT line, confidence, tlp, tags, comment, threat_type AS "threatType", first_seen AS first, last_seen AS last,
          valid_until AS until
        FROM attribution WHERE team_id = ${team.id}::uuid`,
    );

  it("become one, by the highest, the strictest, the widest, and the first words", async () => {
    await readFeed([mild, strict]);

    expect(await attributions()).toEqual([{ ...merged, line: 2, comment: "Second", threatType: "C2" }]);
  });

  it("have no end as soon as one of them names none", async () => {
    await readFeed([mild, endless, strict]);

    expect(await attributions()).toMatchObject([{ until: null }]);
  });
});

describe("what a team sees of one value", () => {
  const seen = () =>
    asTeam(
      team.id,
      (tx) => tx.$queryRaw`
        SELECT confidence, tlp, tags, first_seen AS first, last_seen AS last, valid_until AS until,
          cardinality(feed_ids) AS feeds
        FROM team_indicator WHERE team_id = ${team.id}::uuid`,
    );

  it.each([
    ["one", [mild, strict]],
    ["the other", [strict, mild]],
  ])("is the same, whichever of two feeds comes first: %s", async (_name, lists) => {
    for (const row of lists) await readFeed([row]);

    expect(await seen()).toEqual([{ ...merged, feeds: 2 }]);
  });

  it("has no end as soon as one feed names none", async () => {
    for (const row of [mild, endless]) await readFeed([row]);

    expect(await seen()).toMatchObject([{ until: null, feeds: 2 }]);
  });
});
