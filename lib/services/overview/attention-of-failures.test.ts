import { describe, expect, it } from "vitest";

import { attentionOfFailures } from "./attention-of-failures";

const NONE = { refused: 0, standing: 0, unanswered: 0, leftOut: 0, lost: 0 };
const say = (failures: Partial<typeof NONE>): string[] =>
  attentionOfFailures({ id: "1", name: "Defender", failures: { ...NONE, ...failures } }).map(
    ({ message }) => message,
  );

describe("what failed at a connector", () => {
  it("is nothing where nothing did", () => {
    expect(say({})).toEqual([]);
  });

  it.each([
    [{ refused: 1 }, "Defender refused 1 indicator, and says why."],
    [{ refused: 1_200 }, "Defender refused 1,200 indicators; each says why."],
    [
      { standing: 1 },
      "1 indicator could not be removed from Defender and still stands there. Plan again, or remove it in Microsoft’s portal.",
    ],
    [
      { unanswered: 3 },
      "Defender never answered about 3 indicators: they may stand there or not. Resume the stopped push or make a new plan.",
    ],
    [
      { leftOut: 3 },
      "3 indicators that Defender never answered about were left out by a person: their receipts say what may stand there. “Try these again” on a plan asks for them; while the connector is paused, “Plan removals” asks for what is to go.",
    ],
    [
      { leftOut: 1 },
      "1 indicator that Defender never answered about was left out by a person: its receipt says what may stand there. “Try these again” on a plan asks for it; while the connector is paused, “Plan removals” asks for what is to go.",
    ],
    [
      { lost: 2 },
      "Defender refused to take 2 indicators anew that another team’s application had put there. The next plan adds them again.",
    ],
  ])("is told by what it leaves behind: %j", (failures, message) => {
    expect(say(failures)).toEqual([message]);
  });

  it("begins with what goes on standing there, and leads to the receipts that failed", () => {
    expect(say({ refused: 5, standing: 1 })[0]).toContain("still stands there");
    const [first] = attentionOfFailures({ id: "1", name: "Defender", failures: { ...NONE, refused: 5 } });
    expect(first?.path).toBe("connectors/1/receipts?state=failed");
  });
});
