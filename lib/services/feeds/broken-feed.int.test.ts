import { randomUUID } from "node:crypto";

import { expect, it } from "vitest";

import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { runFeedNow } from "./queue-run";

useTestDatabase();
const server = useFeedServer();

it("a list whose named column is gone fails within seconds, and says which column", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  server.serve("sha1,comment\n3395856ce81f2b7382dee72602f798b642f14140,a lure\n");
  const feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      team: team.slug,
      name: "Renamed column",
      kind: "csv",
      url: server.address(),
      csv: { header: true, valueColumns: ["sha256"] },
    }),
  );
  const { id } = await runFeedNow(actor, feed);

  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });

  const run = await getRun(actor, id);
  expect(run).toMatchObject({ state: "failed" });
  expect(run.error?.message).toContain("The list has no column “sha256”");
}, 15_000);
