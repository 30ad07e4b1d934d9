import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";
import { connect, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { countHeld } from "./count-held";

useTestDatabase();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(() => sandbox.close());

const refusal = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.message : error),
  );

describe("a workspace's own count", () => {
  it("is of this team's indicators alone", async () => {
    const [team, other] = [await makeTeam(), await makeTeam()];
    const [actor, stranger] = [await makeActor([[team, "owner"]]), await makeActor([[other, "owner"]])];
    const ours = await connect(actor, team, "sentinel");
    const theirs = await connect(stranger, other, "sentinel", { app: "TPI_TeamB" });
    await vouch(team, someValues(5), { name: "Feed" });
    await vouch(other, someValues(3), { name: "Feed" });
    await push(actor, ours);
    await push(stranger, theirs);

    expect(await countHeld(ours)).toEqual({ held: 5, live: 5 });
    expect(await countHeld(theirs)).toEqual({ held: 3, live: 3 });
    expect(await refusal(countHeld({ id: ours.id, teamId: other.id }))).toBe("There is no such connector.");
  });

  it("needs a right on the workspace, which is named, and is not for Defender", async () => {
    const team = await makeTeam();
    const actor = await makeActor([[team, "owner"]]);
    const reader = await connect(actor, team, "sentinel", { app: "TPI_Reader" });
    expect(await refusal(countHeld(reader))).toMatch(/Log Analytics Reader/);
    expect(await refusal(countHeld(await connect(actor, team, "defender")))).toMatch(
      /Only a Sentinel workspace/,
    );
  });
});
