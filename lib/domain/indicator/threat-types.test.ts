import { describe, expect, it } from "vitest";

import { joinThreatTypes, splitThreatTypes } from "./threat-types";

describe("kinds of threat", () => {
  it("come back one by one as they were given, each once", () => {
    const types = ["malicious-activity", " anonymization ", "", "malicious-activity"];
    expect(splitThreatTypes(joinThreatTypes(types, 200))).toEqual(["malicious-activity", "anonymization"]);
  });

  it("are left out whole where there is no room", () => {
    expect(joinThreatTypes(["phishing", "malicious-activity", "c2"], 14)).toBe("phishing, c2");
    expect(joinThreatTypes(["malicious-activity"], 9)).toBe("malicious");
  });
});
