import { describe, expect, it } from "vitest";

import { noCounts } from "@/lib/domain/feed/preview";

import { toCurrent, type PreviewState } from "./preview-state";

const SHOWN: PreviewState["shown"] = {
  preview: {
    previewId: "0195f2a1-0000-7000-8000-000000000001",
    bytes: 0,
    contentType: null,
    encoding: null,
    detected: null,
    rows: [],
    counts: noCounts(),
    notes: [],
    noteCount: 0,
    isWhole: true,
    isBeginning: false,
    cutShort: null,
  },
  proposal: null,
  jsonProposal: null,
};
const FAILED = { status: "failed", message: "127.0.0.1 is not allowed." } as const;

describe("what a preview says", () => {
  it("stands while nothing has changed", () => {
    const state: PreviewState = { answer: FAILED, shown: SHOWN };

    expect(toCurrent(state, { isFetching: false, hasNewAddress: false })).toBe(state);
  });

  it.each<PreviewState>([
    { answer: FAILED, shown: null },
    { answer: { status: "done", message: "3 indicators in 3 rows." }, shown: SHOWN },
  ])("does not stand for what is being fetched ($answer.status)", (state) => {
    expect(toCurrent(state, { isFetching: true, hasNewAddress: false })).toStrictEqual({
      answer: { status: "idle" },
      shown: null,
    });
  });

  it("is no failure of another address, whose rows are kept to be marked", () => {
    expect(
      toCurrent({ answer: FAILED, shown: SHOWN }, { isFetching: false, hasNewAddress: true }),
    ).toStrictEqual({
      answer: { status: "idle" },
      shown: SHOWN,
    });
  });
});
