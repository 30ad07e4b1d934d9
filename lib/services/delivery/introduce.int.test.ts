import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { connect, push, someValues, vouch } from "./testing/desk";
import { isIntroduction } from "./testing/remote";

const { database, remote } = useDestinations();

beforeEach(async () => {
  await database.asOwner((client) =>
    client.query("UPDATE destination SET author_hash = NULL, author_at = NULL"),
  );
});

const bodySchema = z.object({
  stixobjects: z.array(z.looseObject({ id: z.string(), created_by_ref: z.string().optional() })),
});
const uploads = async () => (await remote.journal()).filter(({ path }) => path.endsWith(":upload"));
const introductions = async () => (await uploads()).filter(({ body }) => isIntroduction(body));

/** A team with one value and a connector to the workspace. */
const standBy = async (app: "TPI_TeamA" | "TPI_TeamB" = "TPI_TeamA") => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const connector = await connect(actor, team, "sentinel", { app, isIntroduced: false });
  const more = () => vouch(team, someValues(1), { name: `Feed ${String(Math.random())}` });
  await more();
  return { actor, connector, more };
};

describe("the identity that a workspace's records name", () => {
  it("is there before the first of them, once, whoever sends", async () => {
    const one = await standBy();
    const other = await standBy("TPI_TeamB");
    await push(one.actor, one.connector);
    await one.more();
    await push(one.actor, one.connector);
    await push(other.actor, other.connector);

    const [first, ...rest] = (await uploads()).map(({ body }) => bodySchema.parse(body).stixobjects);
    expect(await introductions()).toHaveLength(1);
    expect(rest.flat()).toHaveLength(3);
    for (const { created_by_ref: ref } of rest.flat()) expect(ref).toBe(first?.[0]?.id);
  });

  it("comes again when it is worded anew", async () => {
    const { actor, connector, more } = await standBy();
    await push(actor, connector);
    await database.asOwner((client) => client.query("UPDATE destination SET author_hash = sha256('other')"));
    await more();
    await push(actor, connector);

    const versions = (await introductions()).map(({ body }) => bodySchema.parse(body).stixobjects[0]);
    expect(versions).toHaveLength(2);
    expect(String(versions[1]?.["modified"]) > String(versions[0]?.["modified"])).toBe(true);
    expect(versions[1]?.["created"]).toBe(versions[0]?.["created"]);
  });

  it("keeps no record in where the workspace wants none, and is waited for where it does not answer", async () => {
    const { actor, connector } = await standBy();
    const fault = { match: { path: "*:upload" } };
    await remote.control("POST", "faults", { ...fault, status: 503, body: "" });
    await remote.control("POST", "faults", {
      ...{ ...fault, status: 400 },
      body: { error: { code: "BadRequest", message: "Not this type." } },
    });

    expect(await push(actor, connector)).toMatchObject({ state: "done", counts: { accepted: 1 } });
    expect((await introductions()).map(({ status }) => status)).toEqual([503, 400]);
    expect(await remote.sentinel()).toHaveLength(1);
  });
});
