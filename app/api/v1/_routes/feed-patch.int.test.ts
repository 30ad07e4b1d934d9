import { beforeAll, expect, it } from "vitest";
import { z } from "zod";

import { callRoute } from "@/lib/testing/call-route";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeToken, makeUser } from "@/lib/testing/people";

import { createFeedRoute, updateFeedRoute } from "./feeds";

useTestDatabase();
let token: string;
let slug: string;
beforeAll(async () => {
  const [team, user] = [await makeTeam(), await makeUser()];
  await addMember(team, user, "owner");
  [token, slug] = [await makeToken(user), team.slug];
});

const READ = {
  csv: { delimiter: ";", header: true, valueColumns: ["ioc"], columns: { comment: "note", tlp: 3 } },
  json: { list: "data", value: "ioc", fields: { tags: "labels" } },
  misp: { toIdsOnly: false, orgs: { allow: ["CIRCL"], block: [] }, filters: { eventinfo: "x" } },
};

const makeFeed = async () => {
  const body = {
    team: slug,
    name: `List ${crypto.randomUUID()}`,
    kind: "csv",
    url: "https://example.com/list",
  };
  const made = await callRoute(createFeedRoute, { token, body: { ...body, ...READ } });
  const { id } = z.object({ id: z.uuid() }).parse(made.json);
  return (patch: object) => callRoute(updateFeedRoute, { token, params: { id }, body: patch });
};

it("changes one field of how a feed is read, and wipes nothing beside it", async () => {
  const change = await makeFeed();

  const patch = { csv: { columns: { tlp: 4 } }, json: { value: "name" }, misp: { maxAgeDays: 30 } };

  expect(await change(patch)).toMatchObject({
    status: 200,
    json: {
      csv: { ...READ.csv, columns: { comment: "note", tlp: 4 } },
      json: { ...READ.json, value: "name" },
      misp: { ...READ.misp, maxAgeDays: 30 },
    },
  });
});

it("takes back what null is given for, and refuses what does not fit what stands", async () => {
  const change = await makeFeed();

  expect(await change({ csv: { header: false } })).toMatchObject({
    status: 400,
    json: { errors: [{ pointer: "/csv/header" }] },
  });
  const taken = await change({ csv: { columns: { comment: null } }, misp: { filters: { eventinfo: null } } });

  expect(taken).toMatchObject({ status: 200, json: { csv: { header: true }, misp: { filters: {} } } });
  expect(taken.json).toHaveProperty("csv.columns", { tlp: 3 });
});
