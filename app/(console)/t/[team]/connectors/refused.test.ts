import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import { refusedByService } from "./refused";

describe("what a service refuses of a connector", () => {
  it("stands at the field of the form that says it", () => {
    const fields = [
      { pointer: "/selection/minConfidence", detail: "Set the lowest confidence to 0." },
      { pointer: "/rules/1/action", detail: "Never by a score." },
      { pointer: "/action", detail: "Name the feeds." },
    ];
    expect(refusedByService(new AppError("invalid_input", "No.", { fields }))).toEqual({
      status: "invalid",
      fields: {
        minConfidence: ["Set the lowest confidence to 0."],
        rules: ["Rule 2: Never by a score."],
        action: ["Name the feeds."],
      },
      message: "See the marked fields.",
    });
  });

  it("is thrown on where no field is to blame", () => {
    const error = new AppError("conflict", "The team already has a connector of that name.");
    expect(() => refusedByService(error)).toThrow(error);
  });
});
