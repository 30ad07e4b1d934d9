import { describe, expect, it } from "vitest";

import { readTagFacts } from "./tags";

const tags = (...names: string[]) => names.map((name) => ({ name, isInherited: false }));
const facts = (ofEvent: string[], ofAttribute: string[] = [], threatLevel: number | null = null) =>
  readTagFacts(tags(...ofEvent), tags(...ofAttribute), threatLevel);

describe("the tags of an attribute and its event", () => {
  it.each([
    [["tlp:white"], [], "clear"],
    [["tlp:clear"], [], "clear"],
    [["TLP:GREEN"], [], "green"],
    [["tlp:green"], ["tlp:red"], "red"],
    [["tlp:red"], ["tlp:green"], "red"],
    [["tlp:amber", "tlp:amber+strict"], [], "amber+strict"],
    [["tlp:unclear"], [], "amber"],
    [["tlp:ex:chr"], [], "amber"],
    [["ESET"], ["osint"], null],
  ])("%j with %j are TLP %s: the strictest holds", (ofEvent, ofAttribute, tlp) => {
    expect(facts(ofEvent, ofAttribute).tlp).toBe(tlp);
  });

  it.each([
    [['misp:confidence-level="completely-confident"'], [], 100],
    [['misp:confidence-level="usually-confident"'], ['misp:confidence-level="unconfident"'], 0],
    [['misp:confidence-level="confidence-cannot-be-evaluated"'], [], 50],
    [['osint:certainty="93"'], [], 93],
    [['admiralty-scale:source-reliability="b"', 'admiralty-scale:information-credibility="4"'], [], 25],
    [['osint:certainty="93"', 'misp:confidence-level="rarely-confident"'], [], 25],
    [['estimative-language:confidence-in-analytic-judgment="high"'], [], 85],
    [['misp:confidence-level="never-heard-of"'], [], null],
  ])("%j with %j are confidence %s", (ofEvent, ofAttribute, confidence) => {
    expect(facts(ofEvent, ofAttribute).confidence).toBe(confidence);
  });

  it("keeps the other tags, galaxies among them, each once, and the threat level as one", () => {
    const galaxy = 'misp-galaxy:threat-actor="Sofacy"';

    expect(facts(["tlp:green", galaxy, "ESET"], [galaxy, "c2"], 1).names).toEqual([
      galaxy,
      "c2",
      "ESET",
      'misp:threat-level="high-risk"',
    ]);
    expect(facts(['misp:threat-level="low-risk"'], [], 1).names).toEqual(['misp:threat-level="low-risk"']);
    expect(facts([], [], 4).names).toEqual([]);
  });

  it("takes the threat type from misp2sentinel's tag", () => {
    expect(facts(["sentinel-threattype:Botnet"], ["sentinel-threattype:C2"]).threatType).toBe("C2");
  });

  it("takes all threat types of an attribute, each once", () => {
    const own = [
      "sentinel-threattype:C2",
      "tlp:green",
      "sentinel-threattype:Phishing",
      "sentinel-threattype: C2",
    ];
    expect(facts(["sentinel-threattype:Botnet"], own).threatType).toBe("C2, Phishing");
    expect(facts(["sentinel-threattype:Botnet", "sentinel-threattype:Proxy"], []).threatType).toBe(
      "Botnet, Proxy",
    );
  });

  it("sees what its source calls a false positive", () => {
    expect(facts([], ['false-positive:risk="high"']).falsePositive).toBe('false-positive:risk="high"');
    expect(facts([], ['false-positive:risk="low"']).falsePositive).toBeNull();
  });

  it("takes an inherited tag at the attribute for its event's", () => {
    const inherited = [{ name: 'misp:confidence-level="usually-confident"', isInherited: true }];

    expect(readTagFacts([], [...tags('osint:certainty="7"'), ...inherited], null).confidence).toBe(7);
  });
});
