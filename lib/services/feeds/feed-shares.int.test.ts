import { beforeAll, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { listFeeds } from "./list-feeds";
import { makeDesk } from "./testing/sandbox-feed";

useTestDatabase();
const server = useFeedServer();
let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

it("tells what share of a feed no other has, and what share an allowlist keeps in", async () => {
  const desk = makeDesk(team, actor);
  const add = async (values: readonly string[]) => {
    server.serve(values.join("\n"));
    const feed = await desk.add({ kind: "freetext", url: server.address() });
    await desk.run(feed);
    return feed;
  };
  const first = await add(["45.155.205.1", "45.155.205.2", "45.155.205.3", "10.0.0.1"]);
  const second = await add(["45.155.205.3", "45.155.205.4"]);
  server.serve("45.155.205.1\n45.155.205.2\n45.155.205.3\n10.0.0.1\n# read again");
  await desk.run(first);
  const never = await desk.add({ kind: "freetext", url: server.address() });

  const { feeds } = await listFeeds(actor, { teamIds: [team.id], limit: 10, after: null });

  const sharesOf = ({ id }: { id: string }) => feeds.find((feed) => feed.id === id);
  expect(sharesOf(first)).toMatchObject({ active: 3, uniqueShare: 2 / 3, allowlistedShare: 1 / 4 });
  expect(sharesOf(second)).toMatchObject({ active: 2, uniqueShare: 1 / 2, allowlistedShare: 0 });
  expect(sharesOf(never)).toMatchObject({ active: 0, uniqueShare: null, allowlistedShare: null });
});
