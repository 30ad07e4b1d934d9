import { describe, expect, it } from "vitest";

import type { Share, ShareFeed } from "@/lib/domain/selection/share";

import { mergeClaims } from "./merge-claims";
import { recordTexts } from "./record-texts";

const ANY_TLP = 5;
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
      const merged = mergeClaims(shares, ANY_TLP);
      expect(merged).toMatchObject({ action: "Block", severity: "High", tlp: 4, confidence: 90 });
      expect(merged.expiresAt).toEqual(later);
    }
  });

  it("names a private feed while its team is the sole claimant, with all that it says", () => {
    const merged = mergeClaims([share("Team A", [covid])], ANY_TLP);
    expect(merged).toMatchObject({
      feeds: ["Microsoft COVID-19"],
      threatTypes: ["Malware"],
      comments: ["Attachment"],
      tags: ["covid"],
    });
  });

  it("says nothing of a private feed once another team claims the record too", () => {
    const open = feed("Open list", { isPublic: true, comment: "Public words", threatType: "C2" });
    const merged = mergeClaims(
      [share("Team A", [covid, open]), share("Team B", [feed("B's list")])],
      ANY_TLP,
    );
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
    expect(mergeClaims([share("Team A", [own])], ANY_TLP)).toMatchObject({
      ...{ feeds: ["Local indicators"], comments: ["Asked our CEO"] },
      ...{ threatTypes: ["Fraud"], tags: ["case-7"] },
    });

    for (const shares of [
      [share("Team A", [own]), share("Team B", [])],
      [share("Team B", []), share("Team A", [own])],
    ] as const)
      expect(mergeClaims(shares, ANY_TLP)).toMatchObject({
        ...{ feeds: ["Local indicators"], comments: [], threatTypes: [], tags: [] },
      });
  });

  const ofTlp = (team: string, tlp: number, other: Partial<ShareFeed>, confidence = 50): Share => {
    const one = share(team, [feed(`${team}'s list`, { isPublic: true, ...other })]);
    return { ...one, content: { ...one.content, tlp, confidence } };
  };

  it("says nothing of what is stricter than its writer lets out, and does all that is asked there", () => {
    const red = { comment: "Named source", threatType: "C2", tags: ["case-7"] };
    const strict = { ...ofTlp("Team B", 5, red, 95), action: "Block" as const, severity: "High" as const };
    const mild = ofTlp("Team A", 3, { comment: "Seen in a lure" }, 60);

    for (const shares of [[mild, strict] as const, [strict, mild] as const]) {
      const merged = mergeClaims(shares, 3);
      expect(merged).toMatchObject({ action: "Block", severity: "High", tlp: 3, confidence: 60 });
      expect(merged).toMatchObject({ feeds: ["Team A's list"], comments: ["Seen in a lure"], tags: [] });
      expect(merged.teams.map(({ name }) => name).toSorted()).toEqual(["Team A", "Team B"]);
      expect(JSON.stringify(merged)).not.toMatch(/Named source|C2|case-7|Team B's list/);
      expect(mergeClaims(shares, 5)).toMatchObject({ tlp: 5, confidence: 95, tags: ["case-7"] });
    }
    expect(mergeClaims([strict], 3)).toMatchObject({ tlp: 3, feeds: [], comments: [], action: "Block" });
  });

  it("tells kinds of threat one by one, each once, whichever feed says them", () => {
    const one = feed("One", { threatType: "malicious-activity, anonymization" });
    const merged = mergeClaims(
      [share("Team A", [one, feed("Two", { threatType: "anonymization" })])],
      ANY_TLP,
    );
    expect(merged.threatTypes).toEqual(["malicious-activity", "anonymization"]);
  });

  it("counts two connectors of one team as one claimant", () => {
    const merged = mergeClaims([share("Team A", [covid]), share("Team A", [covid])], ANY_TLP);
    expect(merged.teams).toHaveLength(1);
    expect(merged.feeds).toEqual(["Microsoft COVID-19"]);
  });
});

describe("record texts", () => {
  const LIMITS = { title: 200, description: 1_000 };
  it("say whose it is, from where, what and how sure", () => {
    const merged = mergeClaims([share("Team A", [covid])], ANY_TLP);
    expect(recordTexts("sha256", merged, "https://sluice.example/x", LIMITS)).toEqual({
      title: "[Team A] Microsoft COVID-19 · SHA-256 · 50",
      description: "Malware: Attachment. Feeds: Microsoft COVID-19. Teams: Team A. https://sluice.example/x",
    });
  });

  it("count the other teams and leave their private feeds out", () => {
    const merged = mergeClaims([share("Team A", [covid]), share("Team B", [feed("B's list")])], ANY_TLP);
    expect(recordTexts("ipv4", merged, "https://sluice.example/x", LIMITS)).toEqual({
      title: "[Team A +1] IPv4 address · 50",
      description: "Teams: Team A, Team B. https://sluice.example/x",
    });
  });
});
