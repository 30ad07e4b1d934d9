import { beforeEach, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ReceiptState } from "@/lib/domain/delivery/receipt-states";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { RowFormat } from "@/lib/services/indicators/export-rows";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { exportReceipts } from "./export-receipts";
import { connect, push, someValues, vouch } from "./testing/desk";

const { database } = useDestinations();
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const fileOf = async (format: RowFormat, state?: ReceiptState) => {
  const pieces: string[] = [];
  for await (const piece of exportReceipts(actor, defender, { format, state })) pieces.push(piece);
  return pieces.join("");
};
const valuesIn = async (state?: ReceiptState) => {
  const { receipts } = JSON.parse(await fileOf("json", state)) as { receipts: { value: string }[] };
  return receipts.map(({ value }) => value);
};

it("receipts are a file by state, so that what a plan leaves as it is can be taken out whole", async () => {
  const first = someValues(1_200);
  await vouch(team, first, { name: "Feed" });
  await push(actor, defender);
  await confirmConnector(defender.id, { signal });
  const later = { type: "domain" as const, value: "later.example.org" };
  await vouch(team, [later], { name: "Another" });
  await push(actor, defender);

  const standing = await valuesIn("visible");
  expect(standing.toSorted()).toEqual(first.map(({ value }) => value).toSorted());
  expect(await valuesIn("accepted")).toEqual([later.value]);
  expect(await valuesIn("failed")).toEqual([]);
  expect(await valuesIn()).toHaveLength(1_201);

  const [head, row, ...rest] = (await fileOf("csv", "accepted")).trimEnd().split("\n");
  expect(head).toBe(
    "\uFEFFindicatorId,type,value,state,reason,remoteId,stixId,pushId,sentAt,acceptedAt,visibleAt,visibleAfterSeconds,goneAt,expiresAt,drift,actionStanding,severityStanding,expiresAtStanding,standingWith",
  );
  expect(row).toContain("domain,later.example.org,accepted");
  expect(rest).toEqual([]);

  const { rows } = await database.asOwner((client) =>
    client.query(
      "SELECT detail FROM audit_entry WHERE action = 'connector.export' AND team_id = $1 ORDER BY at",
      [team.id],
    ),
  );
  expect(rows[0]).toEqual({ detail: { list: "receipts", format: "json", state: "visible" } });
  expect(rows.at(-1)).toEqual({ detail: { list: "receipts", format: "csv", state: "accepted" } });
});

it("what others claim, too, is told in a receipt's row as it stands", async () => {
  const shared = { type: "domain" as const, value: "shared.example.org" };
  await vouch(team, [shared], { name: "Feed" });
  await push(actor, defender);
  const second = await connect(actor, team, "defender", { action: "Block" });
  await push(actor, second);

  const [, row] = (await fileOf("csv")).trimEnd().split("\n");
  expect(row).toContain(`,Block,Medium,`);
  expect(row).toContain(`your connector “${second.name}”`);
});
