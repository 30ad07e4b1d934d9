import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { openApi, read, type ApiClient } from "@/lib/testing/api-client";
import * as contract from "@/lib/testing/api-contract";
import { connectorBody } from "@/lib/testing/api-steps";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeToken, makeUser } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { ROUTES } from ".";

useTestDatabase();
const as = openApi(ROUTES);
let sandbox: Sandbox;
let owner: ApiClient;
let path: string;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  const team = await makeTeam();
  const user = await makeUser();
  await addMember(team, user, "owner");
  owner = as(await makeToken(user));
  const body = connectorBody(team.slug, "defender", "TPI_TeamA");
  path = `/connectors/${read(await owner.post("/connectors", body), 201, contract.connector).id}`;
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

const works = async () => read(await owner.post(`${path}/test`), 200, contract.test).ok;
const named = z.object({ name: z.string() });

describe("a secret that a program gives a connector", () => {
  it("is tried first: what fails changes nothing, and the answer holds the check that failed", async () => {
    const before = read(await owner.get(path), 200, named);
    const answer = await owner.patch(path, { name: "Renamed", clientSecret: "mistyped~secret" });

    const { detail, errors } = read(answer, 400, contract.problem);
    expect(detail).toMatch(
      /^Nothing was saved: with this secret the check “Token” failed\. .* saved untried/,
    );
    expect(errors?.map(({ pointer }) => pointer)).toEqual(["/clientSecret"]);
    expect(answer.text).not.toContain("mistyped~secret");
    expect(read(await owner.get(path), 200, named)).toEqual(before);
    expect(await works()).toBe(true);
  });

  it("takes over once every check passed", async () => {
    const patch = { name: "Renamed", clientSecret: "sandbox~secret~of~TPI_TeamA" };
    expect(read(await owner.patch(path, patch), 200, named)).toEqual({ name: "Renamed" });
    expect(await works()).toBe(true);
  });

  it("is not asked for by a change of anything else", async () => {
    expect(read(await owner.patch(path, { name: "Again" }), 200, named)).toEqual({ name: "Again" });
  });

  it("takes over untried where the program says so", async () => {
    read(await owner.patch(path, { clientSecret: "mistyped~secret", untried: true }), 200, named);
    expect(await works()).toBe(false);
  });
});
