import { describe, expect, it } from "vitest";

import { defangText } from "./defang-text";

describe("a line of a feed on a screen", () => {
  it.each([
    ["https://bad.example/a.php?x=1", "hxxps://bad[.]example/a[.]php?x=1"],
    ["HTTP://BAD.EXAMPLE", "hxxp://BAD[.]EXAMPLE"],
    ["ftp://bad.example", "fxp://bad[.]example"],
    ["1.2.3.4,malware", "1[.]2[.]3[.]4,malware"],
    ["bücher.example", "bücher[.]example"],
    ["Seen first. Then gone.", "Seen first. Then gone."],
    ["already bad[.]example", "already bad[.]example"],
  ])("shows %s as %s", (text, shown) => {
    expect(defangText(text)).toBe(shown);
  });
});
