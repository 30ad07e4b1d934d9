import { beforeAll, describe, expect, it } from "vitest";

import type { TeamAccess } from "@/lib/domain/access/actor";
import { feedPreviewSchema } from "@/lib/domain/feed/feed";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { previewFeed } from "./preview-feed";

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
        Buffer.from("# evil\n".repeat(20_000)),
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

  it("tells what the owner left out from what is no indicator", async () => {
    server.serve("45.155.205.8\nnone at all\nevil-sluice-demo.com\n");
    const { rows } = await preview(team, { exclusionRegex: "evil" });

    expect(rows.flatMap(({ rejected }) => rejected)).toMatchObject([
      { text: "none at all", isExcluded: false },
      { text: "evil-sluice-demo.com", isExcluded: true },
    ]);
  });
});
