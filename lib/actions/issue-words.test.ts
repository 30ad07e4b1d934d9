import { describe, expect, it } from "vitest";
import { z } from "zod";

import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";

import { parseThen } from "./action";
import { issueWords } from "./issue-words";

const { minConfidence, maxTlp } = subscriptionPolicySchema.shape;

const wordsOf = (schema: z.ZodType, value: unknown): string[] | undefined =>
  schema.safeParse(value, { error: issueWords }).error?.issues.map(({ message }) => message);

describe("what is wrong with a field", () => {
  it.each([
    ["At most 100.", minConfidence, 500],
    ["At least 0.", minConfidence, -1],
    ["More than 0.", z.number().positive(), 0],
    ["Give a whole number.", minConfidence, 1.5],
    ["Give a whole number.", minConfidence, Number.NaN],
    ["Give a number.", z.number().max(360), Number.NaN],
    ["Fill this in.", z.string().min(1), ""],
    ["Fill this in.", z.string(), undefined],
    ["At most 3 characters.", z.string().max(3), "long"],
    ["At most 2 entries.", z.array(z.string()).max(2), ["a", "b", "c"]],
    ["Give at least one.", z.array(z.string()).min(1), []],
    ["Give one of: red, green.", z.enum(["red", "green"]), "blue"],
  ])("is said as %s", (words, schema, value) => {
    expect(wordsOf(schema, value)).toStrictEqual([words]);
  });

  it("is said in the schema's own words where it has some", () => {
    expect(wordsOf(maxTlp, "red")).toEqual([expect.stringContaining("TLP:RED never leaves its team.")]);
  });

  it("is said so by every form", async () => {
    const form = new FormData();
    form.set("minConfidence", "500");
    const schema = z.object({ minConfidence: z.preprocess(Number, minConfidence) });

    const answer = await parseThen(schema, form, () => Promise.reject(new Error("It was taken.")));

    expect(answer).toStrictEqual({ status: "invalid", fields: { minConfidence: ["At most 100."] } });
  });
});
