import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { asDoer } from "./actor";
import { namesOnly, readPerson } from "./person";

const actorNamed = (name: string, email: string) =>
  ({ userId: "u", name, email, teams: [], scopes: [], via: { kind: "session", sessionId: "s" } }) as never;

describe("a recorded person", () => {
  it.each([
    ["Ada Lovelace <ada@team-a.example>", "Ada Lovelace", "ada@team-a.example"],
    ["system", "system", null],
    ["<script> <x@y.example>", "<script>", "x@y.example"],
    ["Ada <not an address>", "Ada <not an address>", null],
  ])("%j is %j with the address %j", (recorded, name, email) => {
    expect(readPerson(recorded)).toEqual({ name, email });
  });

  it("comes out as it was recorded", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\S+( \S+)*$/), fc.emailAddress(), (name, email) => {
        fc.pre(!/[<>]/.test(email));
        expect(readPerson(asDoer(actorNamed(name, email)).name)).toEqual({ name, email });
      }),
    );
  });

  it("is called by the name alone in a sentence", () => {
    expect(namesOnly("Ada <ada@a.example>, with others at once")).toBe("Ada, with others at once");
    expect(namesOnly("1 < 2 and 3 > 2")).toBe("1 < 2 and 3 > 2");
  });
});
