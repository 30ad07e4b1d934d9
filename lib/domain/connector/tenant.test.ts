import { expect, it } from "vitest";

import { tenantNameSchema, tenantWords } from "./tenant";

const tenantId = "7e000001-0a1b-4c2d-8e3f-000000000001";

it("is called by its name, else by the beginning and end of its id", () => {
  expect(tenantWords({ tenantId, tenantName: "Contoso" })).toBe("Contoso");
  expect(tenantWords({ tenantId, tenantName: null })).toBe("7e000001…0001");
});

it("has a name of some letters, or none", () => {
  expect(tenantNameSchema.parse(" Contoso ")).toBe("Contoso");
  expect(tenantNameSchema.parse(null)).toBeNull();
  for (const text of [" ", "x".repeat(121)]) expect(tenantNameSchema.safeParse(text).success).toBe(false);
});
