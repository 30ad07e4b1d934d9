import { describe, expect, it } from "vitest";

import { localIndicatorSchema } from "@/lib/domain/indicator/local";

import { addFormSchema, toItems } from "./add-form-schema";

const NOW = new Date("2026-11-24T08:00:00Z");
const itemsOf = (text: string, shared: Record<string, string> = {}) =>
  toItems(addFormSchema.parse({ team: "team-a", text, ...shared }), NOW);

describe("what is pasted", () => {
  it("becomes one item for each value, bad ones included, in the order of the lines", () => {
    const items = itemsOf("hxxps://bad[.]example/x\nnonsense here\n1.2.3.4");

    expect(items.map(({ line, reason, item }) => [line, reason === null, item["value"]])).toStrictEqual([
      [1, true, "https://bad.example/x"],
      [2, false, "nonsense here"],
      [3, true, "1.2.3.4"],
    ]);
  });

  it("keeps the way a value with a port was written, since the port is context", () => {
    expect(itemsOf("1.2.3.4:8080")[0]?.item["value"]).toBe("1.2.3.4:8080");
  });

  it("is what the service takes", () => {
    const [item] = itemsOf("1.2.3.4", {
      comment: "TeamA",
      tags: "a, b",
      confidence: "90",
      tlp: "green",
      action: "Block",
    });

    expect(localIndicatorSchema.parse(item?.item)).toMatchObject({
      comment: "TeamA",
      tags: ["a", "b"],
      confidence: 90,
      tlp: "green",
      action: "Block",
      severity: null,
    });
  });

  it.each([
    ["", undefined],
    ["none", null],
    ["2027-02-27T00:00:00.000Z", "2027-02-27T00:00:00.000Z"],
  ])("of the end %j asks for %j: left alone, the team's own rule holds", (expiryDays, validUntil) => {
    expect(itemsOf("1.2.3.4", { expiryDays })[0]?.item["validUntil"]).toBe(validUntil);
  });

  it("ends so many days from now", () => {
    expect(itemsOf("1.2.3.4", { expiryDays: "7" })[0]?.item["validUntil"]).toBe("2026-12-01T08:00:00.000Z");
  });

  it.each([
    ["", "Paste at least one value."],
    [" \n ", "Paste at least one value."],
  ])("is refused when it is empty", (text, message) => {
    expect(addFormSchema.safeParse({ team: "team-a", text }).error?.issues[0]).toMatchObject({
      path: ["text"],
      message,
    });
  });

  it("is refused as a whole above ten thousand values, which a feed is for", () => {
    const text = Array.from(
      { length: 10_001 },
      (_, index) => `10.1.${String(index >> 8)}.${String(index & 255)}`,
    ).join("\n");

    expect(addFormSchema.safeParse({ team: "team-a", text }).error?.issues[0]?.path).toStrictEqual(["text"]);
  });
});
