import { describe, expect, it } from "vitest";

import { readForm } from "@/lib/actions/read-form";

import { countNetworksFormSchema, editConnectorFormSchema, toNewSecret, toPolicy } from "./form-schema";

const parse = (fields: Readonly<Record<string, string>>) => {
  const form = new FormData();
  const plain = {
    minConfidence: "0",
    maxTlp: "amber",
    mode: "automatic",
    name: "D",
    team: "a",
    feedChoice: "all",
    version: "1",
  };
  const address = { tenantId: "t", clientId: "c", id: "0199b7a0-0000-7000-8000-000000000000" };
  for (const [name, value] of Object.entries({ ...plain, ...address, ...fields })) form.append(name, value);
  return editConnectorFormSchema.parse(readForm(form));
};
const policyOf = (fields: Readonly<Record<string, string>>) => toPolicy(parse(fields));
const limitsOf = (fields: Readonly<Record<string, string>>) => {
  const { approval, automaticLimits } = policyOf(fields);
  return { approval, automaticLimits };
};

const FEED = "0199b7a0-0000-7000-8000-00000000000f";

describe("feeds in a connector's form", () => {
  it("are all of them only where that is said, whatever is ticked", () => {
    expect(policyOf({ feedChoice: "all" }).selection.feeds).toBeNull();
    expect(policyOf({ feedChoice: "all", feeds: FEED }).selection.feeds).toBeNull();
  });

  it("are those that are ticked, and none where none is: that never comes to mean all", () => {
    expect(policyOf({ feedChoice: "chosen", feeds: FEED }).selection.feeds).toEqual([FEED]);
    expect(policyOf({ feedChoice: "chosen" }).selection.feeds).toEqual([]);
    expect(() => parse({ feedChoice: "" })).toThrow("Choose whether all of the team’s feeds go there.");
  });

  it("are counted for their networks just as they are saved", () => {
    const counted = (fields: object) => countNetworksFormSchema.parse({ team: "a", ...fields }).feeds;
    expect(counted({ feedChoice: "all", feeds: [FEED] })).toBeNull();
    expect(counted({ feedChoice: "chosen", feeds: FEED })).toEqual([FEED]);
    expect(counted({ feedChoice: "chosen" })).toEqual([]);
  });
});

describe("limits in a connector's form", () => {
  it("are none where every field is blank, or left out", () => {
    const blank = { "approval.maxAdds": "", "approval.maxRemoves": "", "approval.maxRemovedPercent": "" };
    expect(limitsOf(blank)).toEqual({ approval: null, automaticLimits: null });
  });

  it("are those that are filled in, zero included", () => {
    const given = {
      "approval.maxAdds": "0",
      "approval.maxRemoves": "",
      "automaticLimits.maxRemovedPercent": "20",
    };
    expect(limitsOf(given)).toEqual({
      approval: { maxAdds: 0, maxRemoves: null, maxRemovedPercent: null },
      automaticLimits: { maxAdds: null, maxRemoves: null, maxRemovedPercent: 20 },
    });
  });
});

describe("a gate in a connector's form", () => {
  it("is none where nothing is to be looked at", () => {
    expect(policyOf({}).gate).toBeNull();
    expect(policyOf({ "gate.maxPrevalence": "", "gate.whenUnknown": "wait" }).gate).toBeNull();
  });

  it("looks at what is filled in or ticked, no device at all included", () => {
    const given = { "gate.maxPrevalence": "0", "gate.whenUnknown": "audit", "gate.otherTeams": "on" };
    expect(policyOf(given).gate).toEqual({
      ...{ maxPrevalence: 0, nearAllowlist: false, otherTeams: true, whenUnknown: "audit" },
    });
  });
});

describe("networks in a connector's form", () => {
  it("go out as addresses only where somebody chose of how many; Sentinel's form does not ask", () => {
    expect(policyOf({ expandNetworksUpTo: "16" }).selection).toMatchObject({ expandNetworksUpTo: 16 });
    expect(policyOf({ expandNetworksUpTo: "0" }).selection).toMatchObject({ expandNetworksUpTo: 0 });
    expect(policyOf({}).selection).not.toHaveProperty("expandNetworksUpTo");
  });
});

describe("a secret in the form of a saved connector", () => {
  const entered = (fields: Readonly<Record<string, string>>) => toNewSecret(parse(fields));

  it("comes with its end and its id, so that neither is lost with the one that it replaces", () => {
    const secretId = "0199b7a0-0000-4000-8000-000000000001";
    const given = { clientSecret: "new~secret", secretExpiresAt: "2027-05-31", secretId };
    expect(entered(given)).toEqual(given);
  });

  it("is none where its fields are empty: the stored one stays", () => {
    expect(entered({ clientSecret: "", secretExpiresAt: "", secretId: " " })).toEqual({});
  });
});

describe("device groups in a connector's form", () => {
  const groupsOf = (fields: Readonly<Record<string, string>>) => parse(fields).deviceGroups;

  it("are one a line; an empty field means all devices, and Sentinel's form does not ask", () => {
    expect(groupsOf({ deviceGroups: " Servers \r\n\r\nLab 2\n" })).toEqual(["Servers", "Lab 2"]);
    expect(groupsOf({ deviceGroups: "" })).toEqual([]);
    expect(groupsOf({})).toBeUndefined();
  });
});
