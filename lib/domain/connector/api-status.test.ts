import { describe, expect, it } from "vitest";

import { describeApi } from "./api-status";

const today = new Date("2026-11-30T12:00:00Z");
const UPLOAD = { version: "2024-02-01-preview", status: "preview" as const, retiresOn: null };

describe("what is said of an API", () => {
  it.each([
    [
      "that it is a preview",
      UPLOAD,
      "version 2024-02-01-preview, a preview: Microsoft may still change it; no end is known",
    ],
    [
      "which version answers where none is asked for",
      { version: null, status: "current" as const, retiresOn: null },
      "the current version (1.0); no end is known",
    ],
    ["the day of its end", { ...UPLOAD, retiresOn: "2026-12-01" }, "ends on 2026-12-01"],
    ["that it has ended, from that day on", { ...UPLOAD, retiresOn: "2026-11-30" }, "ended on 2026-11-30"],
  ])("tells %s", (_, api, words) => {
    expect(describeApi(api, today)).toContain(words);
  });
});
