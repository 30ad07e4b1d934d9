import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mispSettingsSchema } from "@/lib/domain/feed/misp-settings";

import { compileRules } from "./filters";

const now = new Date("2026-11-20T12:00:00Z");
const seconds = (iso: string): number => Date.parse(iso) / 1000;
const rulesOf = (settings: Parameters<typeof mispSettingsSchema.parse>[0], takesDrafts = true) =>
  compileRules(mispSettingsSchema.parse(settings), { now, takesDrafts });

const event = {
  timestamp: seconds("2026-11-01T00:00:00Z"),
  isPublished: true as boolean | null,
  org: { name: "CIRCL", uuid: "55f6ea5e-2c60-40e5-964f-47a8950d210f" },
};
const attribute = {
  type: "ip-dst",
  category: "Network activity",
  tags: ["tlp:green", 'misp-galaxy:threat-actor="Sofacy"'],
  isForDetection: true,
};

describe("the filters of MISP's kinds", () => {
  it.each([
    [{}, null],
    [{ toIdsOnly: false }, null],
    [{ maxAgeDays: 30 }, null],
    [{ maxAgeDays: 10 }, "too_old"],
    [{ orgs: { allow: ["circl"] } }, null],
    [{ orgs: { allow: ["55F6EA5E-2C60-40E5-964F-47A8950D210F"] } }, null],
    [{ orgs: { allow: ["CIRC"] } }, "filtered_org"],
    [{ orgs: { allow: ["CIRC%"] } }, null],
    [{ orgs: { block: ["CIRCL"] } }, "filtered_org"],
    [{ categories: { allow: ["Payload delivery"] } }, "filtered_category"],
    [{ categories: { block: ["network activity"] } }, "filtered_category"],
    [{ types: { allow: ["ip-dst", "domain"] } }, null],
    [{ types: { allow: ["ip-%"] } }, null],
    [{ types: { block: ["ip-dst"] } }, "filtered_type"],
    [{ tags: { allow: ["tlp:green"] } }, null],
    [{ tags: { allow: ["tlp:gree"] } }, "filtered_tag"],
    [{ tags: { allow: ["tlp:clear", "misp-galaxy:threat-actor=%"] } }, null],
    [{ tags: { allow: ["%sofacy%"] } }, null],
    [{ tags: { block: ["tlp:%"] } }, "filtered_tag"],
    [{ tags: { block: ["tlp:red"], allow: ["tlp:green"] } }, null],
    // A block goes before an allowance.
    [{ tags: { block: ["tlp:green"], allow: ["tlp:green"] } }, "filtered_tag"],
  ])("%j says %s", (settings, code) => {
    expect(rulesOf(settings).ofAttribute(event, attribute)?.code ?? null).toBe(code);
  });

  it("takes a feed's drafts, and a server's only when it is told to", () => {
    const draft = { ...event, isPublished: false };
    const code = (settings: Parameters<typeof rulesOf>[0], takesDrafts: boolean) =>
      rulesOf(settings, takesDrafts).ofAttribute(draft, attribute)?.code;

    expect(code({}, true)).toBeUndefined();
    expect(code({ publishedOnly: true }, true)).toBe("not_published");
    expect(code({}, false)).toBe("not_published");
    expect(code({ publishedOnly: false }, false)).toBeUndefined();
    // Whoever asks the server for drafts by a parameter of their own wants them.
    expect(code({ filters: { published: [0, 1] } }, false)).toBeUndefined();
    // What is not said is not held against the event.
    expect(rulesOf({}, false).ofAttribute({ ...event, isPublished: null }, attribute)).toBeNull();
  });

  it("leaves out what is not meant for detection, unless told otherwise", () => {
    const context = { ...attribute, isForDetection: false };

    expect(rulesOf({}).ofAttribute(event, context)?.code).toBe("not_to_ids");
    expect(rulesOf({ toIdsOnly: false }).ofAttribute(event, context)).toBeNull();
  });

  it("says in a sentence what left it out", () => {
    const reason = (settings: Parameters<typeof rulesOf>[0]) =>
      rulesOf(settings).ofAttribute(event, attribute)?.reason;

    expect(reason({ maxAgeDays: 10 })).toBe("The event last changed on 2026-11-01, more than 10 days ago.");
    expect(reason({ orgs: { allow: ["ESET", "CERT-EU"] } })).toBe(
      "The feed's filters let only the organisation “ESET” or “CERT-EU” through, and its event is by “CIRCL”.",
    );
    expect(reason({ tags: { block: ["tlp:%"] } })).toBe("The feed's filters block the tag “tlp:green”.");
    expect(reason({ tags: { allow: ["a", "b", "c", "d"] } })).toBe(
      "The feed's filters let only the tag “a”, “b”, “c” and 1 more through, and it has no such tag.",
    );
  });

  it("judges an event by a manifest as by itself", () => {
    fc.assert(
      fc.property(
        fc.record({
          maxAgeDays: fc.option(fc.integer({ min: 1, max: 60 })),
          orgs: fc.record({
            allow: fc.subarray(["CIRCL", "ESET", "%E%"]),
            block: fc.subarray(["CIRCL", "E%"]),
          }),
        }),
        fc.record({
          timestamp: fc.option(
            fc.integer({ min: seconds("2026-09-01T00:00Z"), max: seconds("2026-11-20T00:00Z") }),
          ),
          org: fc.constantFrom(null, { name: "ESET", uuid: "" }, event.org),
        }),
        (settings, facts) => {
          const rules = rulesOf(settings);
          const whole = rules.ofAttribute({ ...facts, isPublished: null }, attribute);

          expect(whole).toEqual(rules.ofEvent(facts));
        },
      ),
    );
  });

  it("matches a pattern as a search with wildcards would", () => {
    const words = fc
      .array(fc.constantFrom("a", "b", "%", "ab"), { maxLength: 6 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.stringMatching(/^[ab]{0,8}$/), words, (name, pattern) => {
        fc.pre(pattern !== "" && name !== "");
        const expected = new RegExp(`^${pattern.replaceAll("%", ".*")}$`).test(name);

        const found = rulesOf({ types: { allow: [pattern] } }).ofAttribute(event, {
          ...attribute,
          type: name,
        });
        expect(found === null).toBe(expected);
      }),
    );
  });
});
