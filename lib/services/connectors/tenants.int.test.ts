import { beforeAll, describe, expect, it } from "vitest";

import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { listDestinations } from "@/lib/services/budget/list-destinations";
import { clientIdOf, connect, CONTOSO } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { startSandbox } from "@/sandbox/server";

import { getConnector } from "./get-connector";
import { listTenants, nameTenant } from "./tenants";

useTestDatabase();
useSandbox(startSandbox);

const OTHER_TENANT = "7e000002-0a1b-4c2d-8e3f-000000000002";
let team: TestTeam;
let owner: Actor;
let admin: Actor;
beforeAll(async () => {
  team = await makeTeam();
  owner = await makeActor([[team, "owner"]]);
  admin = await makeActor([[team, "owner"]], { isAdministrator: true });
});

describe("the name of a tenant", () => {
  it("stands at every destination of it, those made later included, and can be taken away", async () => {
    const defender = await connect(owner, team, "defender");
    expect(defender.tenantName).toBeNull();
    expect(await listTenants(admin)).toEqual([{ tenantId: CONTOSO, tenantName: null, connectors: 1 }]);

    expect(await nameTenant(admin, CONTOSO, "Contoso")).toMatchObject({ tenantName: "Contoso" });
    const sentinel = await connect(owner, team, "sentinel", { clientId: clientIdOf("TPI_TeamB") });

    expect(sentinel.tenantName).toBe("Contoso");
    expect(await getConnector(owner, defender.id)).toMatchObject({ tenantName: "Contoso" });
    expect(await listDestinations(admin, new Date())).toMatchObject([{ tenantName: "Contoso" }]);
    expect(await listTenants(admin)).toEqual([{ tenantId: CONTOSO, tenantName: "Contoso", connectors: 2 }]);

    await nameTenant(admin, CONTOSO, null);
    expect(await getConnector(owner, sentinel.id)).toMatchObject({ tenantName: null });
    const entries = await asSystem("administration", (tx) =>
      tx.auditEntry.findMany({
        where: { action: "tenant.name", subjectId: CONTOSO },
        orderBy: { id: "asc" },
        select: { actorId: true, detail: true },
      }),
    );
    expect(entries).toMatchObject([
      { actorId: admin.userId, detail: { before: null, after: "Contoso" } },
      { actorId: admin.userId, detail: { before: "Contoso", after: null } },
    ]);
  });

  it("is no audit entry where nothing changes", async () => {
    await nameTenant(admin, CONTOSO, null);
    const count = await asSystem("administration", (tx) =>
      tx.auditEntry.count({ where: { action: "tenant.name" } }),
    );
    expect(count).toBe(2);
  });

  it("is given by an administrator alone, and to a tenant that somebody sends to", async () => {
    await expect(nameTenant(owner, CONTOSO, "Ours")).rejects.toMatchObject({ code: "forbidden" });
    await expect(listTenants(owner)).rejects.toMatchObject({ code: "forbidden" });
    await expect(nameTenant(admin, OTHER_TENANT, "Fabrikam")).rejects.toMatchObject({ code: "not_found" });
  });
});
