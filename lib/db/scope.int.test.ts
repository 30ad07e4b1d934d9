import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";
import { useTestDatabase } from "@/lib/testing/database";
import { makeTeam } from "@/lib/testing/people";

import { openCopy } from "./copy";
import { bulkAsSystem, bulkAsTeam, stepAsSystem } from "./scope";

const database = useTestDatabase();

describe("a transaction on one connection", () => {
  it("ends at once when what was being copied in broke off, and leaves nothing behind", async () => {
    const team = await makeTeam();
    const attempt = bulkAsTeam(team.id, async (client) => {
      await client.query("UPDATE team SET name = 'Half done' WHERE id = $1", [team.id]);
      await client.query("CREATE TEMPORARY TABLE half (value text) ON COMMIT DROP");
      const copy = openCopy(client, "half", ["value"]);
      await copy.write(["one row"]);
      throw new AppError("invalid_input", "The list has no column “sha256”.");
    });

    await expect(attempt).rejects.toThrow("The list has no column “sha256”.");

    const name = await bulkAsTeam(team.id, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "SELECT name FROM team WHERE id = $1 FOR UPDATE",
        [team.id],
      );
      return rows[0]?.name;
    });
    expect(name).toBe(team.name);
  }, 15_000);

  it("brings every row of a large COPY as it was, though its pieces are used again", async () => {
    const team = await makeTeam();
    const rows = Array.from({ length: 40_000 }, (_, index) => `${String(index)} ${"x".repeat(index % 97)}`);
    const arrived = await bulkAsTeam(team.id, async (client) => {
      await client.query("CREATE TEMPORARY TABLE whole (value text) ON COMMIT DROP");
      const copy = openCopy(client, "whole", ["value"]);
      for (const row of rows) await copy.write([row]);
      await copy.end();
      const result = await client.query<{ value: string }>("SELECT value FROM whole");
      return result.rows.map(({ value }) => value);
    });

    expect(arrived).toEqual(rows);
  });

  it("fails, and the process lives, when the server ends the connection between two statements", async () => {
    const team = await makeTeam();
    const attempt = bulkAsTeam(team.id, async (client) => {
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const hasEnded = new Promise((resolve) => client.once("end", resolve));
      await database.asOwner((owner) => owner.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]));
      await hasEnded;
      await client.query("SELECT 1");
    });

    await expect(attempt).rejects.toThrow();
  });
});

describe("a step that sees every team's rows", () => {
  it("leaves the transaction whose it was: the team's, the system's, or another step's", async () => {
    const [team, other] = [await makeTeam(), await makeTeam()];
    const roleIn = async (client: Parameters<typeof stepAsSystem>[0]) => {
      const { rows } = await client.query<{ role: string; purpose: string }>(
        "SELECT current_setting('role') AS role, current_setting('sluice.purpose', true) AS purpose",
      );
      return rows[0];
    };
    const countIn = async (client: Parameters<typeof stepAsSystem>[0]) => {
      const { rows } = await client.query("SELECT FROM team WHERE id = ANY ($1::uuid[])", [
        [team.id, other.id],
      ]);
      return rows.length;
    };

    await bulkAsTeam(team.id, async (client) => {
      await stepAsSystem(client, "delivery", async () => {
        await stepAsSystem(client, "sharing", () => roleIn(client));
        expect(await roleIn(client)).toEqual({ role: "sluice_system", purpose: "delivery" });
      });
      expect(await roleIn(client)).toEqual({ role: "none", purpose: "" });
    });
    await bulkAsSystem("scheduling", async (client) => {
      await stepAsSystem(client, "delivery", () => roleIn(client));
      expect(await roleIn(client)).toEqual({ role: "sluice_system", purpose: "scheduling" });
      expect(await countIn(client)).toBe(2);
    });
  });
});
