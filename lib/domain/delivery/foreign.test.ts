import { describe, expect, it } from "vitest";

import { heldByOthers, standsByOthers } from "./foreign";

describe("somebody else's record", () => {
  it.each([
    [{ maker: "f0e1", makerName: "Contoso SOAR", action: "Block" }, "Held by Contoso SOAR (Block), which"],
    [{ maker: "f0e1", makerName: null, action: null }, "Held by f0e1, which"],
    [{ maker: null, makerName: null, action: "Audit" }, "Held by somebody else (Audit), which"],
  ])("is named by whoever holds it: %j", (holder, start) => {
    expect(heldByOthers(holder)).toMatchObject({ code: "held-by-others" });
    expect(heldByOthers(holder).reason).toContain(start);
  });

  it("is told on a receipt", () => {
    expect(standsByOthers({ maker: null, makerName: "Adele Vance" })).toBe(
      "Stands, made by Adele Vance: it is not Sluice's, and is left as it is.",
    );
  });
});
