import { randomUUID } from "node:crypto";

import { beforeEach, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { connect } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { collectMetrics } from "./collect-metrics";

const database = useTestDatabase();
useSandbox(startSandbox);

const NOW = new Date("2026-11-29T12:00:00Z");

let destinationId: string;
beforeEach(async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  ({ destinationId } = await connect(actor, team, "defender"));
  await database.asOwner((client) => client.query("DELETE FROM destination_reader"));
});

const setReader = ({ endsAt, refusedAt = null }: { endsAt: Date | null; refusedAt?: Date | null }) =>
  database.asOwner((client) =>
    client.query(
      `INSERT INTO destination_reader (id, destination_id, client_id, kind, sealed, expires_at, refused_at, created_at, created_by,
         created_by_name)
       VALUES ($1, $2, $3, 'secret', 'sealed', $4, $5, now(), $3, 'Ada')`,
      [randomUUID(), destinationId, randomUUID(), endsAt, refusedAt],
    ),
  );
const linesOf = async (name: string): Promise<string[]> =>
  (await collectMetrics(NOW)).text.split("\n").filter((line) => line.startsWith(name));

it("tells until when the credential holds by which a destination is read for all teams, and whether it is refused", async () => {
  await setReader({ endsAt: new Date(NOW.getTime() + 86_400_000), refusedAt: NOW });

  const [line, ...others] = await linesOf("sluice_reader_expires_seconds");
  expect(others).toEqual([]);
  expect(line).toMatch(new RegExp(`\\{.*destination_id="${destinationId}".*kind="secret".*\\} 86400$`));
  expect(await linesOf("sluice_refused_readers")).toEqual(["sluice_refused_readers 1"]);
});

it("tells nothing of an end that nobody told, nor of a credential that was taken away", async () => {
  await setReader({ endsAt: null });
  expect(await linesOf("sluice_reader_expires_seconds")).toEqual([]);
  expect(await linesOf("sluice_refused_readers")).toEqual(["sluice_refused_readers 0"]);

  await database.asOwner((client) => client.query("DELETE FROM destination_reader"));
  expect(await linesOf("sluice_reader_expires_seconds")).toEqual([]);
});
