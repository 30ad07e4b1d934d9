import { describe, expect, it } from "vitest";

import type { Action } from "@/lib/domain/connector/actions";

import type { BlockCode } from "./codes";
import { judgeBeside, type StrongerHash } from "./same-file";
import type { Share } from "./share";

const share = (action: Action): Share => ({
  action,
  severity: "Medium",
  expiresAt: new Date("2027-01-01T00:00:00Z"),
  content: { team: { slug: "a", name: "A" }, tlp: 3, confidence: 80, feeds: [] },
});
const goes = (action: Action): StrongerHash => ({
  id: "1",
  isKeptOut: false,
  type: "sha256",
  value: "aa",
  decision: { isWanted: true, share: share(action), rule: null, chosen: [], lifetimeDays: 365, heldTo: null },
});
const stays = (code: BlockCode): StrongerHash => ({
  id: "2",
  isKeptOut: false,
  type: "sha1",
  value: "bb",
  decision: { isWanted: false, code, reason: "Because." },
});

describe("a hash beside stronger ones of its file", () => {
  it("stays out where one of them goes there, and says which", () => {
    expect(judgeBeside(share("Audit"), [stays("expired"), goes("Audit")])).toEqual({
      code: "stronger-hash",
      instead: [goes("Audit")],
      reason: "SHA-256 aa of the same file is wanted there instead.",
    });
  });

  it("goes there while none of them does", () => {
    expect(judgeBeside(share("Audit"), [stays("below-confidence"), stays("no-longer-listed")])).toBeNull();
  });

  it("goes there where the stronger one is wanted and cannot go there", () => {
    expect(judgeBeside(share("Audit"), [{ ...goes("Audit"), isKeptOut: true }])).toBeNull();
  });

  it("goes there too where the stronger one would be treated more mildly", () => {
    expect(judgeBeside(share("Block"), [goes("Audit")])).toBeNull();
    expect(judgeBeside(share("Block"), [goes("BlockAndRemediate")])).toMatchObject({ code: "stronger-hash" });
  });

  it.each(["recalled", "withdrawn", "allowlisted"] as const)(
    "does not come back by another hash when one was %s",
    (code) => {
      expect(judgeBeside(share("Block"), [goes("Audit"), stays(code)])).toEqual({
        code: "same-file-kept-in",
        instead: [],
        reason: "SHA-1 bb of the same file is kept in. Because.",
      });
    },
  );
});
