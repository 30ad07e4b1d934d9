import { beforeEach } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "./database";
import { makeActor, makeTeam, type TestTeam } from "./people";

import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { getPlan } from "@/lib/services/planning/get-plan";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { updateBudget } from "@/lib/services/budget/update-budget";
import { connect, CONTOSO, forgetDestinations, plan } from "@/lib/services/delivery/testing/desk";
import type { lookAt } from "@/lib/services/delivery/testing/remote";

const signal = new AbortController().signal;

export type Side = { team: TestTeam; actor: Actor; defender: ConnectorView };
/** A team with a connector to the tenant. */
export const makeSide = async (
  app: "TPI_TeamA" | "TPI_TeamB" | "TPI_Reader",
  settings = {},
): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, defender: await connect(actor, team, "defender", { app, ...settings }) };
};

type Sides = {
  administrator: Actor;
  /** Its application sees all of the tenant. */
  reader: Side;
  blind: Side;
};

/** A Defender tenant that two teams share, anew for each test of a file: call it once at its top. */
export const useSharedTenant = (remote: ReturnType<typeof lookAt>) => {
  const database = useTestDatabase();
  const seed = (records: object) => remote.control("POST", "seed", { tenantId: CONTOSO, ...records });
  const kept: { sides?: Sides } = {};
  const sides = (): Sides => {
    if (!kept.sides) throw new Error("The tenant is shared only while tests of this file run.");
    return kept.sides;
  };
  beforeEach(async () => {
    await remote.reset();
    await database.asOwner((client) => forgetDestinations(client));
    const administrator = await makeActor([], { isAdministrator: true });
    const [reader, blind] = [await makeSide("TPI_Reader"), await makeSide("TPI_TeamB")];
    kept.sides = { administrator, reader, blind };
  });
  const destinationOf = ({ id }: ConnectorView): Promise<string> =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT destination_id AS id FROM connector WHERE id = $1",
        [id],
      );
      return rows[0]?.id ?? "";
    });
  const setBudget = async (patch: Parameters<typeof updateBudget>[2]) =>
    updateBudget(sides().administrator, await destinationOf(sides().reader.defender), patch);
  /** So many others' records stand in the tenant, and the reader has seen them. */
  const seeForeign = async (foreign: number): Promise<void> => {
    await seed({ foreign });
    await confirmConnector(sides().reader.defender.id, { signal });
  };
  /** Every row of what is wanted, with the transaction that wrote it last. */
  const readEntries = () =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ row: string }>(
        "SELECT xmin::text || b::text AS row FROM budget_entry b ORDER BY connector_id, indicator_id",
      );
      return rows.map(({ row }) => row);
    });
  /** The numbers of the team's indicators, in their order. */
  const idsOf = (team: TestTeam): Promise<string[]> =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        "SELECT indicator_id AS id FROM team_indicator WHERE team_id = $1 ORDER BY indicator_id",
        [team.id],
      );
      return rows.map(({ id }) => id);
    });
  const announced = ({ id }: ConnectorView): Promise<number> =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1",
        [id],
      );
      return rows[0]?.count ?? 0;
    });
  return {
    ...{ database, seed, destinationOf, setBudget, seeForeign, readEntries, idsOf, announced },
    sides,
  };
};

/** What its next plan is. */
export const planOf = async ({ actor, defender }: Side) => {
  const { id } = await plan(actor, defender);
  return getPlan(actor, id);
};
/** What a plan leaves out. */
export const blockedOf = async ({ team }: Side, planId: string) =>
  (await listPlanItems({ id: planId, teamId: team.id }, { operation: "blocked", limit: 100, after: null }))
    .items;
/** The code of what an attempt ends with. */
export const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );
