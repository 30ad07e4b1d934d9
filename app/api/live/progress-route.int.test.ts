import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { TEST_ORIGIN } from "@/lib/testing/call-route";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeActor, makeTeam, makeToken, makeUser } from "@/lib/testing/people";

import { GET } from "./runs/[id]/route";

useTestDatabase();

let runId: string;
let reader: string;
let stranger: string;
beforeAll(async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const input = { team: team.slug, name: "A list", kind: "csv", url: "https://feed.example.com/list.csv" };
  const feed = await createFeed(actor, team.id, feedCreateSchema.parse(input));
  runId = (await runFeedNow(actor, feed)).id;
  const [inside, outside] = [await makeUser(), await makeUser()];
  await addMember(team, inside, "viewer");
  await addMember(await makeTeam(), outside, "owner");
  [reader, stranger] = [await makeToken(inside), await makeToken(outside)];
});

const ask = async (id: string, token?: string): Promise<Response> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return GET(new Request(`${TEST_ORIGIN}/api/live/runs/${id}`, { headers }), {
    params: Promise.resolve({ id }),
  });
};

describe("how far a run has come", () => {
  it("is told to who may read the feeds of its team", async () => {
    const answer = await ask(runId, reader);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ isFinal: false });
  });

  it("is told to nobody else; a foreign run and an unknown one are the same", async () => {
    expect((await ask(runId)).status).toBe(401);
    expect((await ask("../1", stranger)).status).toBe(404);
    const details: string[] = [];
    for (const id of [runId, randomUUID()]) {
      const answer = await ask(id, stranger);
      expect(answer.status).toBe(404);
      details.push(z.object({ detail: z.string() }).parse(await answer.json()).detail);
    }
    expect(details[0]).toBe(details[1]);
  });
});
