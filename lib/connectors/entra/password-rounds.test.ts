import forge from "node-forge";
import { describe, expect, it } from "vitest";

import { TooManyRounds, withinRounds } from "./password-rounds";

const stretch = (rounds: number) => forge.pkcs5.pbkdf2("password", "salt", rounds, 32);

describe("opening a file within a number of rounds", () => {
  it("lets what asks for little be opened", () => {
    expect(withinRounds(() => stretch(2_000))).toBe(stretch(2_000));
  });

  it("breaks off before a layer that asks for too many, also when they add up", () => {
    expect(() => withinRounds(() => stretch(2 ** 31))).toThrow(TooManyRounds);
    const layers = () => [1, 2, 3].map(() => stretch(250_000));
    expect(() => withinRounds(layers)).toThrow(TooManyRounds);
  });

  it("watches the way of old tools, too, and leaves the library as it was", () => {
    const before = Reflect.get(Reflect.get(forge, "pbe") as object, "generatePkcs12Key") as (
      ...args: unknown[]
    ) => unknown;
    const salt = forge.util.createBuffer("salt");
    expect(() =>
      withinRounds(() =>
        (Reflect.get(Reflect.get(forge, "pbe") as object, "generatePkcs12Key") as typeof before)(
          "p",
          salt,
          1,
          700_000,
          24,
        ),
      ),
    ).toThrow(TooManyRounds);
    expect(Reflect.get(Reflect.get(forge, "pbe") as object, "generatePkcs12Key")).toBe(before);
  });
});
