import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";

import { connectorBody } from "@/lib/testing/api-steps";
import { callRoute } from "@/lib/testing/call-route";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeToken, makeUser } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { createConnectorRoute, tryMd5Route, updateConnectorRoute } from "./connectors";

useTestDatabase();
let sandbox: Sandbox;
let token: string;
let slug: string;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  const [team, user] = [await makeTeam(), await makeUser()];
  await addMember(team, user, "owner");
  [token, slug] = [await makeToken(user), team.slug];
});
afterAll(async () => {
  await sandbox.close();
});

const madeSchema = z.object({ id: z.uuid() });
const EVERYTHING = { types: null, feeds: null, minConfidence: null, tags: null };
const BY_SCORE = { when: { minConfidence: 90 }, action: "Block" };

it("takes rules with what they leave out, and names the part of a rule that may not be", async () => {
  const body = {
    ...connectorBody(slug, "defender", "TPI_TeamA"),
    expiryByType: { ipv4: 7 },
    rules: [BY_SCORE],
  };
  const made = await callRoute(createConnectorRoute, { token, body });
  expect(made).toMatchObject({
    status: 201,
    json: {
      expiryByType: { ipv4: 7 },
      rules: [
        { when: { ...EVERYTHING, minConfidence: 90 }, action: "Block", severity: null, expiryDays: null },
      ],
      selection: { tags: { allow: [], block: [] }, maxAgeDays: null },
    },
  });
  const params = { id: madeSchema.parse(made.json).id };
  const change = (patch: object) => callRoute(updateConnectorRoute, { token, params, body: patch });
  expect(await change({ rules: [BY_SCORE, { when: { tags: ["ours"] }, action: "Allowed" }] })).toMatchObject({
    status: 400,
    json: { errors: [{ pointer: "/rules/1/action", detail: expect.stringContaining("Rule 2") as string }] },
  });
  expect(await change({ rules: [{ action: "Warn" }] })).toMatchObject({
    status: 200,
    json: { rules: [{ when: EVERYTHING, action: "Warn" }], expiryByType: { ipv4: 7 } },
  });
  expect(await callRoute(tryMd5Route, { token, params })).toMatchObject({
    status: 200,
    json: { acceptsMd5: true },
  });
});

it("changes one field of a selection and leaves its feeds and the rest as they are", async () => {
  const feeds = ["7e000001-0a1b-4c2d-8e3f-000000000001"];
  const selection = { feeds, types: ["domain"], maxTlp: "green" };
  const body = { ...connectorBody(slug, "defender", "TPI_Reader"), name: "Merged", selection };
  const made = await callRoute(createConnectorRoute, { token, body });
  const params = { id: madeSchema.parse(made.json).id };

  const patch = { selection: { minConfidence: 80 }, expiryByType: { url: 3 } };
  const changed = await callRoute(updateConnectorRoute, { token, params, body: patch });

  expect(changed).toMatchObject({
    status: 200,
    json: { selection: { ...selection, minConfidence: 80 }, expiryByType: { url: 3 } },
  });
  expect(
    await callRoute(updateConnectorRoute, { token, params, body: { expiryByType: { url: null } } }),
  ).toMatchObject({ status: 200, json: { expiryByType: {} } });
});
