import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";

import { beforeAll, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { TeamAccess } from "@/lib/domain/access/actor";
import { feedPreviewSchema, feedSettingsSchema } from "@/lib/domain/feed/feed";
import { limitsSchema } from "@/lib/domain/feed/limit-settings";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { fetchFeed } from "./fetch-feed";
import { keepUpload } from "./keep-upload";
import { previewFeed } from "./preview-feed";
import { proposeSettings } from "./propose-settings";

const server = useFeedServer();
useTestDatabase();

let team: TeamAccess;
let other: TeamAccess;
beforeAll(async () => {
  const teams = [await makeTeam("Team A"), await makeTeam("Team B")] as const;
  const actor = await makeActor(teams.map((one) => [one, "owner"]));
  const [first, second] = actor.teams;
  if (!first || !second) throw new Error("Two teams are needed.");
  [team, other] = [first, second];
  await addLocalIndicators(actor, team, [{ value: "45.155.205.7" }, { value: "evil-sluice-demo.com" }]);
});

const preview = (as: TeamAccess, changes: object = {}) =>
  previewFeed(
    as.id,
    feedPreviewSchema.parse({ team: as.slug, kind: "csv", url: server.address(), ...changes }),
  );

describe("the preview of a feed", () => {
  it("says what of it the team has already, and tells another team nothing of it", async () => {
    server.serve("45.155.205.7\n45.155.205.8\nEVIL-sluice-demo[.]com\n45.155.205.7\n");

    expect((await preview(team)).counts).toMatchObject({ values: 4, indicators: 3, duplicate: 1, known: 2 });
    expect((await preview(other)).counts).toMatchObject({ indicators: 3, known: 0 });
  });

  it.each([
    ["utf-8", Buffer.from("bücher-sluice-demo.com\n")],
    ["windows-1252", Buffer.from("b\u00fccher-sluice-demo.com\n", "latin1")],
    [
      "macintosh",
      Buffer.concat([
        Buffer.from("none at all\n".repeat(10_000)),
        Buffer.from([0x62, 0x9f]),
        Buffer.from("cher-sluice-demo.com\n"),
      ]),
    ],
    ["utf-16le", Buffer.from("\uFEFFevil-sluice-demo.com\n", "utf16le")],
  ])(
    "says that it was read as %s, and lets it be read otherwise without asking again",
    async (encoding, body) => {
      server.serve({ body });
      const first = await preview(team);
      const asked = server.requests.length;

      expect(first).toMatchObject({ encoding, counts: { indicators: 1 } });
      const proposal = await proposeSettings(team.id, first.previewId, {
        zipEntry: null,
        limits: limitsSchema.parse({}),
      });
      expect(proposal?.encoding).toBe(encoding);
      const again = await preview(team, { previewId: first.previewId, csv: { encoding: "iso-8859-2" } });
      expect(again.encoding).toBe("iso-8859-2");
      expect(server.requests).toHaveLength(asked);
    },
  );

  it("tells what the answer is when it is of another kind", async () => {
    server.serve('{"api_roots":["https://taxii.example.com/r/"],"title":"A platform"}');
    expect((await preview(team)).detected).toEqual({
      kind: "taxii",
      because: "the discovery of a TAXII server",
    });

    server.serve("198.51.100.7\n198.51.100.8\n");
    expect((await preview(team, { kind: "json" })).detected?.kind).toBe("freetext");
  });

  describe("of a list that is longer than one looks at", () => {
    const LIMIT = 16 * 1024 * 1024;
    const lines = (count: number, make: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => make(index)).join("\n");
    const filler = "x".repeat(200);
    const csv = lines(90_000, (index) => `host${String(index)}.sluice-demo.com,${filler}`);
    const json = `{"data":[${lines(80_000, (index) => `{"ioc":"host${String(index)}.sluice-demo.com","note":"${filler}"},`)}null]}`;

    it.each([
      ["csv", csv, {}],
      ["freetext", csv.replaceAll(",", " # "), {}],
      ["json", json, { json: { list: "data", value: "ioc" } }],
    ])(
      "sees the first 16 MB of a list that never ends (%s), and blames no row",
      async (kind, body, settings) => {
        expect(body.length).toBeGreaterThan(LIMIT);
        server.serve({ body, silentAfterBytes: LIMIT + 1 });

        const first = await preview(team, { kind, ...settings });
        expect(first).toMatchObject({ isWhole: false, isBeginning: true, bytes: LIMIT });
        expect(first.counts).toMatchObject({ rejected: 0 });
        expect(first.counts.indicators).toBeGreaterThan(60_000);

        const again = await preview(team, { kind, ...settings, previewId: first.previewId });
        expect(again).toMatchObject({ isWhole: false, isBeginning: true, counts: { rejected: 0 } });
      },
    );

    it("says so when no row lies in them, and makes no file of them", async () => {
      server.serve({ body: json, silentAfterBytes: LIMIT + 1 });

      const seen = await preview(team, { kind: "json", json: { list: "data[?ioc]", value: "ioc" } });
      expect(seen).toMatchObject({ rows: [], counts: { rejected: 0 }, noteCount: 1 });
      await expect(
        asTeam(team.id, (tx) =>
          keepUpload(tx, {
            previewId: seen.previewId,
            feedId: randomUUID(),
            teamId: team.id,
            now: new Date(),
          }),
        ),
      ).rejects.toMatchObject({ code: "not_found" });
    });

    it.each([
      ["as it is", (text: string) => ({ body: text })],
      [
        "packed on its way",
        (text: string) => ({ body: gzipSync(text), headers: { "content-encoding": "gzip" } }),
      ],
      ["packed as a file", (text: string) => ({ body: gzipSync(text) })],
    ])("takes what has come when its time is over, and closes the connection (%s)", async (_, toAnswer) => {
      const noise = lines(40_000, () => `${randomUUID()},${randomUUID()}`);
      server.serve({ ...toAnswer(noise), silentAfterBytes: 500_000 });
      const input = feedPreviewSchema.parse({ team: team.slug, kind: "csv", url: server.address() });

      const fetched = await fetchFeed({
        kind: "csv",
        url: server.address(),
        settings: feedSettingsSchema.parse(input),
        secrets: { headers: {}, auth: { type: "none" } },
        teamId: team.id,
        feedId: null,
        signal: AbortSignal.timeout(10_000),
        now: new Date(),
        retries: 0,
        enough: { values: 1, bytes: LIMIT, ms: 1_000 },
      });

      expect(fetched).toMatchObject({ status: "fetched", isBeginning: true, body: { cutShort: null } });
      expect(fetched.status === "fetched" && fetched.body.bytes).toBeGreaterThan(300_000);
      await server.untilClosed();
    });

    it("sees all of a list that ends there", async () => {
      const body = csv.slice(0, LIMIT);
      server.serve({ body });

      expect(await preview(team)).toMatchObject({ isWhole: true, isBeginning: false, bytes: LIMIT });
    });
  });

  it("tells what the owner left out from what is no indicator", async () => {
    server.serve("45.155.205.8\nnone at all\nevil-sluice-demo.com\n");
    const { rows } = await preview(team, { exclusionRegex: "evil" });

    expect(rows.flatMap(({ rejected }) => rejected)).toMatchObject([
      { text: "none at all", isExcluded: false },
      { text: "evil-sluice-demo.com", isExcluded: true },
    ]);
  });
});
