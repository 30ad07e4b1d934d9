import { describe, expect, it } from "vitest";

import { readUploadAnswer } from "./read-answer";

const answer = (json: unknown) => ({ text: json === undefined ? "" : JSON.stringify(json), json });
const accepted = (remoteId: string) => ({ status: "accepted", remoteId });
const rejected = (reason: string) => ({ status: "rejected", reason, code: "invalid", capacity: null });

describe("readUploadAnswer", () => {
  it.each([undefined, {}, null, { errors: [] }, { errors: null }])("takes %j as success for all", (json) => {
    expect(readUploadAnswer(["a", "b"], answer(json))).toEqual([accepted("a"), accepted("b")]);
  });

  it.each(["errorMessages", "validationErrorMessages"])(
    "matches refusals to the objects they speak of (%s)",
    (list) => {
      expect(
        readUploadAnswer(
          ["a", "b"],
          answer({ errors: [{ recordIndex: 1, [list]: ["Invalid pattern.", "No."] }] }),
        ),
      ).toEqual([accepted("a"), rejected("Invalid pattern. No.")]);
    },
  );

  it("joins what is said of one object in several places", () => {
    const errors = [
      { recordIndex: 0, errorMessages: ["One."] },
      { recordIndex: 0, errorMessages: ["Two."] },
    ];

    expect(readUploadAnswer(["a"], answer({ errors }))).toEqual([rejected("One. Two.")]);
  });

  it("takes a refusal without words, and an index that is text", () => {
    expect(readUploadAnswer(["a", "b"], answer({ errors: [{ recordIndex: "1" }] }))).toEqual([
      accepted("a"),
      rejected("Sentinel gave no reason."),
    ]);
  });

  it.each([
    ["a web page", { text: "<html>", json: undefined }],
    ["a list", answer([1])],
    [
      "a gateway's word",
      answer({ statusCode: 429, message: "Rate limit is exceeded. Try again in 12 seconds." }),
    ],
    ["errors that are no list", answer({ errors: "x" })],
    ["an error without an index", answer({ errors: [{ errorMessages: ["No."] }] })],
    ["an index that was not sent", answer({ errors: [{ recordIndex: 7, errorMessages: ["No."] }] })],
    ["a negative index", answer({ errors: [{ recordIndex: -1, errorMessages: ["No."] }] })],
  ])("concludes nothing from %s", (_what, odd) => {
    expect(readUploadAnswer(["a", "b"], odd)).toEqual([null, null]);
  });
});
