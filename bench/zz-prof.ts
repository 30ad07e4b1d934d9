// profile: one defender plan of N candidates
import { Client } from "pg";
import { asDoer, SYSTEM } from "@/lib/domain/access/actor";
import { createPlan } from "@/lib/services/delivery/create-plan";
import { connect, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { makeActor, makeTeam } from "@/lib/testing/people";
import { closeQueues } from "@/lib/jobs/enqueue";
import { closeDatabase, database } from "@/lib/db/client";
import { Session } from "node:inspector";
import { writeFileSync, readdirSync, readFileSync } from "node:fs";
const db = new URL(process.env["DATABASE_URL"]!).pathname.slice(1);
const pgCpu = () => { let sum = 0; for (const p of readdirSync("/proc")) { if (!/^\d+$/.test(p)) continue; try { const c = readFileSync(`/proc/${p}/cmdline`, "latin1"); if (!c.startsWith("postgres:") || !c.includes(` ${db} `)) continue; const f = readFileSync(`/proc/${p}/stat`, "latin1").split(") ")[1]!.split(" "); sum += Number(f[11]) + Number(f[12]); } catch {} } return sum * 10; };
const N = Math.round(100_000 * Number(process.argv[3] ?? 1));
const kind = (process.env["KIND"] ?? "defender") as "defender";
const owner = new Client({ connectionString: process.env["DATABASE_OWNER_URL"] });
await owner.connect();
const team = await makeTeam("P");
const actor = await makeActor([[team, "owner"]]);
for (let made = 0; made < N; made += 20_000)
  await vouch(team, someValues(Math.min(20_000, N - made), "sha256"), {
    name: `Feed ${made}`,
    confidence: 90 - Math.round(made / 20_000),
  });
const connector = await connect(actor, team, kind, {});
for (const t of ["indicator","attribution","team_indicator"]) await owner.query(`VACUUM (ANALYZE) ${t}`);
await owner.query("CHECKPOINT");
const go = () => createPlan({ connectorId: connector.id, teamId: connector.teamId, doer: asDoer(actor) });
if (process.env["SQLLOG"]) {
  // time per statement in pg
  const { Client: C } = await import("pg");
}
for (let i = 0; i < 4; i++) {
  let session: Session | undefined;
  if (process.env["PROF"] === String(i)) {
    session = new Session();
    session.connect();
    session.post("Profiler.enable");
    session.post("Profiler.start");
  }
  await owner.query("SELECT pg_stat_statements_reset()").catch(() => undefined);
  const pg0 = pgCpu(); const cpu = process.cpuUsage();
  const t = performance.now();
  const {
    rows: [b],
  } = await owner.query("SELECT 1");
  const made = await go();
  const u = process.cpuUsage(cpu);
  console.log(
    `run ${i}: ${(performance.now() - t).toFixed(0)} ms wall, node cpu ${(u.user / 1000 + u.system / 1000).toFixed(0)} ms, pg ${pgCpu() - pg0} ms`,
    JSON.stringify(made.counts),
  );
  if (session)
    await new Promise<void>((r) =>
      session!.post("Profiler.stop", (_e, { profile }) => {
        writeFileSync("/tmp/h1.cpuprofile", JSON.stringify(profile));
        r();
      }),
    );
}
await closeQueues();
await closeDatabase();
await owner.end();
