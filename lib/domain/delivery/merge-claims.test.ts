import { describe, expect, it } from "vitest";

import type { Share, ShareFeed } from "@/lib/domain/selection/share";

import { mergeClaims } from "./merge-claims";
import { recordTexts } from "./record-texts";

const feed = (name: string, other: Partial<ShareFeed> = {}): ShareFeed => ({
  name,
  isPublic: false,
  comment: "",
  threatType: "",
  tags: [],
  ...other,
});

const share = (team: string, feeds: readonly ShareFeed[], other: Partial<Share> = {}): Share => ({
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date("2026-12-24T00:00:00Z"),
  content: {
    team: { slug: team.toLowerCase().replace(" ", "-"), name: team },
    tlp: 3,
    confidence: 50,
    feeds,
  },
  ...other,
});

const covid = feed("Microsoft COVID-19", {
  threatType: "Malware",
  comment: "Attachment",
  tags: ["covid"],
});

describe("mergeClaims", () => {
  it("takes the strictest action, the highest severity, the latest end, the strictest TLP", () => {
    const one = share("Team A", [], { action: "Block", severity: "Low" });
    const later = new Date("2027-01-01T00:00:00Z");
    const other = share("Team B", [], { action: "Allowed", severity: "High", expiresAt: later });
    const strict = { ...other, content: { ...other.content, tlp: 4, confidence: 90 } };

    for (const shares of [[one, strict] as const, [strict, one] as const]) {
      const merged = mergeClaims(shares);
      expect(merged).toMatchObject({ action: "Block", severity: "High", tlp: 4, confidence: 90 });
      expect(merged.expiresAt).toEqual(later);
    }
  });

  it("names a private feed while its team is the sole claimant, with all that it says", () => {
    const merged = mergeClaims([share("Team A", [covid])]);
    expect(merged).toMatchObject({
      feeds: ["Microsoft COVID-19"],
      threatTypes: ["Malware"],
      comments: ["Attachment"],
      tags: ["covid"],
    });
  });

  it("says nothing of a private feed once another team claims the record too", () => {
    const open = feed("Open list", { isPublic: true, comment: "Public words", threatType: "C2" });
    const merged = mergeClaims([share("Team A", [covid, open]), share("Team B", [feed("B's list")])]);
    expect(merged).toMatchObject({
      teams: [{ name: "Team A" }, { name: "Team B" }],
      feeds: ["Open list"],
      threatTypes: ["C2"],
      comments: ["Public words"],
      tags: [],
    });
    expect(JSON.stringify(merged)).not.toMatch(/COVID|Attachment|covid|B's list/);
  });

  it("names a team's own list that everybody may use, and keeps what its people wrote there to the team", () => {
    const written = { comment: "Asked our CEO", threatType: "Fraud", tags: ["case-7"] };
    const own = feed("Local indicators", { isPublic: true, isOwnList: true, ...written });
    expect(mergeClaims([share("Team A", [own])])).toMatchObject({
      ...{ feeds: ["Local indicators"], comments: ["Asked our CEO"] },
      ...{ threatTypes: ["Fraud"], tags: ["case-7"] },
    });

    for (const shares of [
      [share("Team A", [own]), share("Team B", [])],
      [share("Team B", []), share("Team A", [own])],
    ] as const)
      expect(mergeClaims(shares)).toMatchObject({
        ...{ feeds: ["Local indicators"], comments: [], threatTypes: [], tags: [] },
      });
  });

  it("counts two connectors of one team as one claimant", () => {
    const merged = mergeClaims([share("Team A", [covid]), share("Team A", [covid])]);
    expect(merged.teams).toHaveLength(1);
    expect(merged.feeds).toEqual(["Microsoft COVID-19"]);
  });
});

describe("record texts", () => {
  const LIMITS = { title: 200, description: 1_000 };
  it("say whose it is, from where, what and how sure", () => {
    const merged = mergeClaims([share("Team A", [covid])]);
    expect(recordTexts("sha256", merged, "https://sluice.example/x", LIMITS)).toEqual({
      title: "[Team A] Microsoft COVID-19 · SHA-256 · 50",
      description: "Malware: Attachment. Feeds: Microsoft COVID-19. Teams: Team A. https://sluice.example/x",
    });
  });

  it("count the other teams and leave their private feeds out", () => {
    const merged = mergeClaims([share("Team A", [covid]), share("Team B", [feed("B's list")])]);
    expect(recordTexts("ipv4", merged, "https://sluice.example/x", LIMITS)).toEqual({
      title: "[Team A +1] IPv4 address · 50",
      description: "Teams: Team A, Team B. https://sluice.example/x",
    });
  });
});
