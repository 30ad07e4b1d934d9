import { describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { getPush } from "@/lib/services/delivery/get-push";
import { clientIdOf, connect, CONTOSO, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { collectMetrics } from "./collect-metrics";
import { readSystemHealth } from "./system-health";

useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);

describe("records whose maker cannot sign in any more", () => {
  it("are shown to administrators: how many, whose, by which connector", async () => {
    const [a, b] = [await makeTeam("Team A"), await makeTeam("Team B")];
    const [actorA, actorB] = [await makeActor([[a, "owner"]]), await makeActor([[b, "owner"]])];
    const admin = await makeActor([], { isAdministrator: true });
    const ofA = await connect(actorA, a, "defender", { name: "Defender of A" });
    const ofB = await connect(actorB, b, "defender", { app: "TPI_TeamB" });
    const values = someValues(3);
    for (const team of [a, b]) await vouch(team, values, { name: `List of ${team.name}` });
    await push(actorA, ofA);
    expect(await readSystemHealth(admin, new Date())).toMatchObject({ orphaned: [] });
    expect((await collectMetrics()).text).toContain("sluice_orphaned_records 0");

    await remote.control("DELETE", `applications/${clientIdOf("TPI_TeamA")}`);
    const { id } = await push(actorB, ofB);

    expect((await getPush(actorB, id)).failures[0]?.reason).toContain("An administrator sees whose");
    const { orphaned } = await readSystemHealth(admin, new Date());
    expect(orphaned).toEqual([
      {
        connectorId: ofA.id,
        connector: "Defender of A",
        team: "team-a",
        teamName: "Team A",
        kind: "defender",
        tenantId: CONTOSO,
        tenantName: null,
        records: 3,
      },
    ]);
    expect((await collectMetrics()).text).toContain("sluice_orphaned_records 3");
    await expect(readSystemHealth(actorB, new Date())).rejects.toThrow();
  });
});
