import { describe, expect, it } from "vitest";

import { outcomesOf, sayOutcome, type ShownCheck } from "./check-outcome";

const passed = (name: string, fix = ""): ShownCheck => ({ name, ok: true, detail: "", fix });
const failed = (name: string): ShownCheck => ({ name, ok: false, detail: "", fix: "Mend it." });

describe("the test of a connection", () => {
  it.each<[string, ShownCheck[], string, string]>([
    [
      "works where every check passed",
      [passed("Token"), passed("Write")],
      "success",
      "The connection works.",
    ],
    [
      "works where one that passed asks for a look, which it names",
      [passed("Token"), passed("Device groups", "Compare the name.")],
      "warning",
      "The connection works; look at “Device groups”.",
    ],
    [
      "does not work where the first fails",
      [failed("Token"), failed("Read")],
      "danger",
      "The connection does not work yet.",
    ],
    [
      "does not work where the last fails that a push needs",
      [passed("Token"), passed("Read"), failed("Write")],
      "danger",
      "The connection does not work yet.",
    ],
    [
      "says of a last one that a push can do without that it alone failed",
      [passed("Token"), passed("Write"), failed("Read")],
      "danger",
      "The check “Read” failed.",
    ],
    [
      "does not say so of the same one where others come after it",
      [passed("Token"), failed("Read"), failed("Write")],
      "danger",
      "The connection does not work yet.",
    ],
  ])("%s", (_what, checks, tone, title) => {
    expect(sayOutcome(checks, "Read")).toMatchObject({ tone, title });
  });

  it("says that later checks depend on the one that failed only where there are any", () => {
    expect(sayOutcome([failed("Token"), failed("Write")]).why).toMatch(/: the later ones depend on it\.$/);
    for (const checks of [[passed("Token"), failed("Write")], [failed("Settings")]])
      expect(sayOutcome(checks).why).toBe("See the failed check.");
  });

  it("tells what failed from what was not tried after it", () => {
    const checks = [passed("Token", "Look."), passed("Permission"), failed("Read"), failed("Write")];
    expect(outcomesOf(checks)).toEqual(["to look at", "passed", "failed", "not tried"]);
  });
});
