import { describe, expect, it } from "vitest";

import { connectorCreateSchema, connectorPatchSchema } from "./connector-input";

const GUID = "7e000001-0a1b-4c2d-8e3f-000000000001";
const defender = {
  team: "a",
  name: "D",
  kind: "defender",
  tenantId: GUID,
  clientId: GUID,
  clientSecret: "s",
};
const sentinel = { ...defender, kind: "sentinel", workspaceId: GUID };
const azure = { subscriptionId: GUID, resourceGroup: "rg", workspaceName: "soc" };

const refused = (input: object): string[] => {
  const parsed = connectorCreateSchema.safeParse(input);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

describe("a connector's description", () => {
  it("takes careful defaults for what it does not say", () => {
    expect(connectorCreateSchema.parse(defender)).toMatchObject({
      cloud: "public",
      action: "Audit",
      severity: "Medium",
      mode: "review",
      expiryDays: null,
      deviceGroups: [],
      selection: { feeds: null, types: null, minConfidence: 0, maxTlp: "amber" },
    });
  });

  it("writes ids in one case, so that one tenant is one destination", () => {
    const parsed = connectorCreateSchema.parse({ ...defender, tenantId: ` ${GUID.toUpperCase()} ` });
    expect(parsed.tenantId).toBe(GUID);
  });

  it.each<[object, string]>([
    [{ ...defender, clientSecret: undefined }, "clientSecret"],
    [{ ...defender, workspaceId: GUID }, "workspaceId"],
    [{ ...defender, ...azure }, "subscriptionId"],
    [{ ...sentinel, workspaceId: undefined }, "workspaceId"],
    [{ ...sentinel, deviceGroups: ["Servers"] }, "deviceGroups"],
    [{ ...sentinel, subscriptionId: GUID }, "resourceGroup"],
    [{ ...sentinel, gate: { otherTeams: true } }, "gate"],
    [{ ...defender, gate: {} }, "gate.maxPrevalence"],
    [{ ...defender, tenantId: "contoso.com" }, "tenantId"],
    [{ ...defender, selection: { minConfidence: 101 } }, "selection.minConfidence"],
    [{ ...defender, extra: 1 }, ""],
  ])("is refused when it is %j, naming the field %s", (input, field) => {
    expect(refused(input)[0]?.split(":")[0]).toBe(field);
  });

  it("is sound with all three Azure names, and without any", () => {
    expect([refused(sentinel), refused({ ...sentinel, ...azure })]).toEqual([[], []]);
  });

  it("cannot change team, kind or cloud later", () => {
    for (const change of [{ team: "b" }, { kind: "sentinel" }, { cloud: "gcc" }])
      expect(connectorPatchSchema.safeParse(change).success).toBe(false);
    expect(connectorPatchSchema.parse({ subscriptionId: null })).toEqual({ subscriptionId: null });
  });
});
