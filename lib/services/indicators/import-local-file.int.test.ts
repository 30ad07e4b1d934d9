import { beforeAll, describe, expect, it } from "vitest";

import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { addDays } from "@/lib/domain/indicator/validity";
import { updateTeamRules } from "@/lib/services/people/team-rules";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { addLocalIndicators } from "./add-local-indicators";
import { EXPORT_FORMATS, exportIndicators, type ExportFormat } from "./export-indicators";
import { checkLocalFile, importLocalFile } from "./import-local-file";
import { editLocalEntry, findLocalEntry } from "./local-entry";
import { listIndicators } from "./list-indicators";
import { setDefaultEnd } from "./set-default-end";
import { traceIndicator } from "./trace-indicator";
import { traceRawRow } from "./trace-raw-row";
import { withdrawIndicator } from "./withdraw-indicator";

useTestDatabase();

type Side = { actor: Actor; team: TeamAccess };
const makeSide = async (): Promise<Side> => {
  const team = await makeTeam();
  return { actor: await makeActor([[team, "analyst"]]), team: { ...team, role: "analyst" } };
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const listOf = async ({ actor, team }: Side) =>
  (
    await listIndicators(actor, {
      teamIds: [team.id],
      filter: indicatorFilterSchema.parse({ sort: "value" }),
      limit: 100,
      cursor: null,
    })
  ).indicators;

describe("what is exported", () => {
  let from: Side;
  const end = "2030-02-27T00:00:00.000Z";
  beforeAll(async () => {
    from = await makeSide();
    await addLocalIndicators(from.actor, from.team, [
      {
        value: "evil-one.net",
        tags: ["=HYPERLINK(1)", "b c"],
        tlp: "green",
        confidence: 90,
        comment: "=1+1, why",
      },
      { value: "https://evil-two.net/a?b=1,2;3", validUntil: end, action: "Block", severity: "High" },
      { value: "45.155.205.0/24", tlp: "red" },
      { value: "2a00:1234::7", comment: "A “quoted”\nword" },
      { value: "kim@evil-one.net", tlp: "amber+strict" },
      { value: "9e107d9d372bb6826bd81d3542a419d6", tags: ["x"] },
      { value: "gone-one.net" },
    ]);
    await withdrawIndicator(from.actor, from.team, {
      indicatorId: indicatorId("domain", "gone-one.net"),
      reason: "Wrong.",
    });
  });

  const exported = async (format: ExportFormat): Promise<Uint8Array> => {
    const options = {
      teamIds: [from.team.id],
      filter: indicatorFilterSchema.parse({}),
      format,
      now: new Date(),
    };
    let text = "";
    for await (const piece of exportIndicators(from.actor, options)) text += piece;
    return bytesOf(text);
  };
  const facts = async (side: Side) =>
    Promise.all(
      (await listOf(side)).flatMap(({ id, state }) =>
        state === "withdrawn" ? [] : [findLocalEntry(side.team.id, id)],
      ),
    );

  it.each(EXPORT_FORMATS)("comes back as it was by %s, and what was withdrawn stays out", async (format) => {
    const to = await makeSide();
    const { results, format: read } = await importLocalFile(to.actor, to.team, {
      bytes: await exported(format),
      shared: {},
    });

    expect(read).toBe(format);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array<string>(6).fill("added"),
      "rejected",
    ]);
    expect(results.find(({ outcome }) => outcome === "rejected")?.original).toContain("gone-one.net");
    const before = await facts(from);
    expect(before).toHaveLength(6);
    // STIX has no word for what Defender is to do.
    const wishes = format === "stix" ? { action: null, severity: null } : {};
    expect(await facts(to)).toEqual(before.map((entry) => ({ ...entry, ...wishes })));
  });
});

describe("a file", () => {
  it("stays behind each value as it was written there, and changes nothing when it comes again", async () => {
    const side = await makeSide();
    const bytes = bytesOf("value,comment\nEVIL-row[.]net,C2 of the week\n");
    const [first] = (await importLocalFile(side.actor, side.team, { bytes, shared: {} })).results;

    const { attributions } = await traceIndicator(side.actor, first?.id ?? "");
    const [{ run, line } = { run: null, line: 0 }] = attributions;
    const place = { runId: run?.id ?? "", line, type: "domain", value: "evil-row.net" } as const;
    expect(await traceRawRow(side.actor, place)).toMatchObject({
      isKept: true,
      raw: "EVIL-row[.]net",
      spelling: "EVIL-row[.]net",
      place: "As it was written in row 2 of the file that was imported.",
    });
    const stranger = await makeSide();
    expect(await traceRawRow(stranger.actor, place)).toMatchObject({ isKept: false });
    const again = await importLocalFile(side.actor, side.team, { bytes, shared: {} });
    expect(again.results.map(({ outcome }) => outcome)).toEqual(["unchanged"]);
  });

  it("says beforehand which of its rows would wait for a second person", async () => {
    const side = await makeSide();
    const owner = await makeActor([[side.team, "owner"]]);
    await updateTeamRules(owner, side.team.id, { secondPerson: "block" });
    const file = bytesOf("value,action\nblocked-one.net,Block\nwatched-one.net,Audit\nnonsense,Block\n");

    const { checked } = await checkLocalFile(side.team.id, file, {});

    expect(
      checked.map(({ verdict, note }) => [verdict, note?.includes("another member approves") ?? false]),
    ).toEqual([
      ["new", true],
      ["new", false],
      ["rejected", false],
    ]);
  });

  it("tells each row's fate before anything is stored, and it comes so", async () => {
    const side = await makeSide();
    await addLocalIndicators(side.actor, side.team, [{ value: "known-one.net" }]);
    const file = bytesOf(
      "value,validUntil\nnew-one.net,\nknown-one.net,\nNEW-ONE.NET,\n10.0.0.5,\nnonsense,\nlate-one.net,2020-01-01\n",
    );

    const { checked } = await checkLocalFile(side.team.id, file, {});

    expect(checked.map(({ line, verdict }) => [line, verdict])).toEqual([
      [2, "new"],
      [3, "known"],
      [4, "duplicate"],
      [5, "allowlisted"],
      [6, "rejected"],
      [7, "rejected"],
    ]);
    expect(checked[5]?.note).toContain("expire in the past");
    expect(await listOf(side)).toHaveLength(1);
    const shared = { comment: "From the file", tags: ["imported"] };
    const { results } = await importLocalFile(side.actor, side.team, { bytes: file, shared });
    expect(results.map(({ outcome }) => outcome)).toEqual([
      "added",
      "changed",
      "duplicate",
      "allowlisted",
      "rejected",
      "rejected",
    ]);
    expect(await findLocalEntry(side.team.id, indicatorId("domain", "new-one.net"))).toMatchObject({
      comment: "From the file",
      tags: ["imported"],
    });
  });

  it.each([
    ["holds no indicator at all", "# nothing\n", "No row of the file"],
    [
      "has too many rows",
      Array.from({ length: 10_001 }, (_, at) => `h${String(at)}.net`).join("\n"),
      "10,001 rows",
    ],
  ])("that %s is refused as a whole", async (_what, text, words) => {
    const { team } = await makeSide();
    await expect(checkLocalFile(team.id, bytesOf(text), {})).rejects.toThrow(words);
  });
});

describe("the default validity of a team", () => {
  it("ends what is added without a word, by type, and nothing that states its own", async () => {
    const { actor, team } = await makeSide();
    await setDefaultEnd(actor, team, { ipv4: 30 });
    const before = new Date();
    await addLocalIndicators(actor, team, [
      { value: "45.155.205.8" },
      { value: "45.155.205.9", validUntil: null },
      { value: "own-end.net" },
    ]);
    const endOf = async (type: "ipv4" | "domain", value: string) =>
      (await findLocalEntry(team.id, indicatorId(type, value)))?.validUntil;

    const end = await endOf("ipv4", "45.155.205.8");
    expect(end?.getTime()).toBeGreaterThanOrEqual(addDays(before, 30).getTime());
    expect(end?.getTime()).toBeLessThanOrEqual(addDays(new Date(), 30).getTime());
    expect(await endOf("ipv4", "45.155.205.9")).toBeNull();
    expect(await endOf("domain", "own-end.net")).toBeNull();
  });
});

describe("editing an entry", () => {
  it("changes what the list says, keeps the port, and refuses what is not on it", async () => {
    const { actor, team } = await makeSide();
    await addLocalIndicators(actor, team, [{ value: "45.155.205.8:8080", comment: "first" }]);
    const id = indicatorId("ipv4", "45.155.205.8");

    const facts = { comment: "second", action: "Block" as const, validUntil: null };
    expect(await editLocalEntry(actor, team, { indicatorId: id, facts })).toMatchObject({
      outcome: "changed",
    });

    expect(await findLocalEntry(team.id, id)).toMatchObject({
      comment: "second",
      action: "Block",
      port: 8080,
    });
    const past = { validUntil: "2020-01-01T00:00:00Z" };
    await expect(editLocalEntry(actor, team, { indicatorId: id, facts: past })).rejects.toMatchObject({
      code: "invalid_input",
    });
    const stranger = await makeSide();
    await expect(
      editLocalEntry(stranger.actor, stranger.team, { indicatorId: id, facts }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
