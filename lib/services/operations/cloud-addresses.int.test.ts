import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { readConnectorAccess } from "@/lib/services/connectors/open-connector";
import { connect } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { listCloudSettings, updateCloudAddresses } from "./cloud-addresses";

const database = useTestDatabase();
let team: TestTeam;
let owner: Actor;
let administrator: Actor;
beforeEach(async () => {
  team = await makeTeam();
  owner = await makeActor([[team, "owner"]]);
  administrator = { ...owner, isAdministrator: true };
});

const SIGN_IN = { signIn: "https://login.example.cn" };
const refusal = (attempt: () => Promise<unknown>): Promise<unknown> =>
  Promise.resolve()
    .then(attempt)
    .then(
      () => "done",
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );

describe("the addresses of a cloud", () => {
  it("are an administrator's to set, who has to name the cloud once more", async () => {
    const change = { cloud: "china", addresses: SIGN_IN } as const;
    expect(await refusal(() => updateCloudAddresses(owner, { ...change, confirm: "china" }))).toBe(
      "forbidden",
    );
    expect(await refusal(() => listCloudSettings(owner))).toBe("forbidden");
    expect(await refusal(() => updateCloudAddresses(administrator, { ...change, confirm: "gcc" }))).toBe(
      "invalid_input",
    );
    const china = (await listCloudSettings(administrator)).find(({ cloud }) => cloud === "china");
    expect(china?.overridden).toEqual([]);
  });

  it("hold for every connector there, are shown on its page, and the audit keeps both", async () => {
    const workspace = { workspaceId: "5e900001-0a0a-4b0b-8c0c-000000000001" };
    const made = await connect(owner, team, "sentinel", { cloud: "china", isReadable: false, ...workspace });
    await updateCloudAddresses(administrator, { cloud: "china", addresses: SIGN_IN, confirm: "china" });

    const access = await asTeam(team.id, (tx) => readConnectorAccess(tx, made.id));
    expect(access.overrides).toEqual({ china: SIGN_IN });
    const { addresses } = await getConnector(owner, made.id);
    expect(addresses).toContainEqual({ service: "signIn", url: SIGN_IN.signIn, isOverridden: true });
    const { rows } = await database.asOwner((client) =>
      client.query<{ detail: unknown }>("SELECT detail FROM audit_entry WHERE action = 'clouds.update'"),
    );
    expect(rows.at(-1)?.detail).toEqual({ cloud: "china", before: {}, after: SIGN_IN });

    await updateCloudAddresses(administrator, { cloud: "china", addresses: {}, confirm: "china" });
    expect((await getConnector(owner, made.id)).addresses.some(({ isOverridden }) => isOverridden)).toBe(
      false,
    );
  });

  it("that equal Microsoft's are no change", async () => {
    const addresses = { signIn: "https://login.microsoftonline.us" };
    const settings = await updateCloudAddresses(administrator, {
      ...{ cloud: "gcc-high", addresses, confirm: "gcc-high" },
    });
    expect(settings.overridden).toEqual([]);
  });
});
