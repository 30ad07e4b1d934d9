import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { steer, type TestSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { connect, plan, push, someValues, vouch } from "./testing/desk";

const database = useTestDatabase();
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = steer(await startSandbox({ port: 0 }));
  process.env["SANDBOX_URL"] = sandbox.origin;
});
afterAll(() => sandbox.close());

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const sentSchema = z.object({
  Indicators: z.array(z.object({ title: z.string(), description: z.string(), indicatorValue: z.string() })),
});
const uploadedSchema = z.object({
  stixobjects: z.array(z.object({ name: z.string(), description: z.string() })),
});
const lastSent = async (value: string) => {
  const requests = await sandbox.received("/api/indicators/import");
  return requests
    .flatMap(({ body }) => {
      const parsed = sentSchema.safeParse(typeof body === "string" ? JSON.parse(body) : body);
      return parsed.success ? parsed.data.Indicators : [];
    })
    .findLast(({ indicatorValue }) => indicatorValue === value);
};

describe("a connector's wording", () => {
  it("is planned as a change of each record, and then reads so in the portal", async () => {
    const made = await connect(actor, team, "defender");
    const [value] = someValues(1);
    if (!value) throw new Error("A value is missing.");
    await vouch(team, [value], { name: "Feed", comment: "Dropper" });
    await push(actor, made);

    const titleTemplate = "{team}: {type} ({confidence})";
    await updateConnector(actor, made, { titleTemplate, descriptionTemplate: "{comment} – {feeds}" });
    expect((await plan(actor, made)).counts).toMatchObject({ add: 0, change: 1 });
    await push(actor, made);
    expect(await lastSent(value.value)).toMatchObject({
      title: `${team.name}: Domain (80)`,
      description: "Dropper – Feed",
    });
    expect((await plan(actor, made)).counts).toMatchObject({ change: 0, keep: 1 });
  });

  it("is refused where its own words leave no room for a team's name or the link", async () => {
    const titleTemplate = `{team} ${"x".repeat(190)}`;
    const refused = { code: "invalid_input", fields: [{ pointer: "/titleTemplate" }] };
    await expect(connect(actor, team, "defender", { titleTemplate })).rejects.toMatchObject(refused);
    const made = await connect(actor, team, "defender");
    await expect(updateConnector(actor, made, { titleTemplate })).rejects.toMatchObject(refused);
    const descriptionTemplate = `{link} ${"x".repeat(990)}`;
    await expect(updateConnector(actor, made, { descriptionTemplate })).rejects.toMatchObject({
      fields: [{ pointer: "/descriptionTemplate" }],
    });
    // A name at Sentinel has room for more.
    await connect(actor, team, "sentinel", { titleTemplate });
  });

  it("says nothing of a private feed once another team wants the record, whatever the template asks for", async () => {
    const other = await makeTeam();
    const otherOwner = await makeActor([[other, "owner"]]);
    const made = await connect(actor, team, "defender", {
      titleTemplate: "{team} {others}",
      descriptionTemplate: "Feeds: {feeds}. {comment} {tags} {threat} end",
    });
    const theirs = await connect(otherOwner, other, "defender", { app: "TPI_TeamB" });
    const [value] = someValues(1);
    if (!value) throw new Error("A value is missing.");
    await vouch(team, [value], { name: "Secret feed", comment: "Secret words", threatType: "Secret threat" });
    await push(actor, made);
    expect((await lastSent(value.value))?.description).toContain("Secret feed");

    await vouch(other, [value], { name: "Other feed" });
    await push(otherOwner, theirs);
    const sent = await lastSent(value.value);
    expect(sent?.title).toBe(`${team.name} +1`);
    expect(sent?.description).not.toContain("Secret");
  });

  it("names a team's own list that everybody may use to another team, and nothing that its people wrote there", async () => {
    const other = await makeTeam();
    const otherOwner = await makeActor([[other, "owner"]]);
    const made = await connect(actor, team, "defender");
    const theirs = await connect(otherOwner, other, "defender", { app: "TPI_TeamB" });
    const [value] = someValues(1);
    if (!value) throw new Error("A value is missing.");
    const item = { ...value, comment: "Asked our CEO", tags: ["case-7"] };
    await addLocalIndicators(actor, { ...team, role: "owner" }, [item]);
    await database.asOwner((client) =>
      client.query("UPDATE feed SET visibility = 'everyone' WHERE team_id = $1 AND kind = 'local'", [
        team.id,
      ]),
    );
    await push(actor, made);
    expect((await lastSent(value.value))?.description).toContain("Asked our CEO");

    await vouch(other, [value], { name: "Other feed" });
    await push(otherOwner, theirs);
    const sent = await lastSent(value.value);
    expect(sent?.title).toContain(`[${team.name} +1] Local indicators`);
    expect(sent?.description).not.toMatch(/CEO|case-7/);
    expect((await plan(actor, made)).counts).toMatchObject({ change: 0, keep: 1 });
  });

  it("holds at Sentinel as well, as the name of an indicator and its description", async () => {
    const made = await connect(actor, team, "sentinel", { titleTemplate: "{team} says {type}" });
    const [value] = someValues(1);
    if (!value) throw new Error("A value is missing.");
    await vouch(team, [value], { name: "Feed", comment: "Dropper ".repeat(500) });
    await push(actor, made);
    await updateConnector(actor, made, { descriptionTemplate: "{comment} – {link}" });
    await push(actor, made);

    const requests = await sandbox.received(":upload");
    const body = requests.at(-1)?.body;
    const [object] = uploadedSchema.parse(typeof body === "string" ? JSON.parse(body) : body).stixobjects;
    expect(object?.name).toBe(`${team.name} says Domain`);
    expect(object?.description).toMatch(/^Dropper Dropper .*… – http:.*\/indicators\/[0-9a-f-]{36}$/);
    expect(object?.description.length).toBeLessThanOrEqual(1_000);
  });
});
