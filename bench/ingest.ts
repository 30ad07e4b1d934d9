import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { pipeline } from "node:stream/promises";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { getRun } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";

import { median, spread, timed, type Figure } from "./lib";
import { mixedCsv } from "./synthetic";

const ROWS = 100_000;
/** What one ingest writes, as the floor copies it. */
const TABLES = ["indicator", "attribution", "team_indicator"];
const ROUNDS = 3;

type Options = { actor: Actor; ownerUrl: string };

/**
 * First ingest of 100,000 mixed rows against COPY of the same rows, as superuser, into `LIKE … INCLUDING ALL` copies of
 * the tables it writes; then the same bytes again, then the same values in other bytes. Ratios within one round.
 */
export const benchIngest = async ({ actor, ownerUrl }: Options): Promise<Figure[]> => {
  const rounds: {
    first: number;
    floor: number;
    same: number;
    other: number;
    written: number;
    peakMb: number;
  }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push(await oneRound({ actor, ownerUrl }, `round ${String(round)}`));
  const of = (pick: (round: (typeof rounds)[number]) => number): number[] => rounds.map(pick);
  const ratio = (name: string, values: number[], bar: string): Figure => ({
    name,
    value: median(values),
    unit: "×",
    note: `${spread(values, 2)} in ${String(ROUNDS)} rounds; bar ${bar}`,
  });
  return [
    {
      name: "First ingest, 100,000 mixed rows",
      value: median(of(({ first }) => first)),
      unit: "ms",
      note: spread(of(({ first }) => first)),
    },
    {
      name: "Floor: COPY of the same rows",
      value: median(of(({ floor }) => floor)),
      unit: "ms",
      note: spread(of(({ floor }) => floor)),
    },
    ratio(
      "First ingest / floor",
      of(({ first, floor }) => first / floor),
      "≤ 3",
    ),
    ratio(
      "Same bytes again / first",
      of(({ same, first }) => same / first),
      "≤ 0.05",
    ),
    ratio(
      "Same values in other bytes / first",
      of(({ other, first }) => other / first),
      "≤ 0.5",
    ),
    {
      name: "Rows written by same values in other bytes",
      value: Math.max(...of(({ written }) => written)),
      unit: "rows",
      note: "bar 0",
    },
    {
      name: "Peak memory of the process",
      value: Math.max(...of(({ peakMb }) => peakMb)),
      unit: "MB",
      note: "bar 512, worker and bench together",
    },
  ];
};

const oneRound = async ({ actor, ownerUrl }: Options, seed: string) => {
  const [team] = actor.teams;
  if (!team) throw new Error("The bench needs a team.");
  const served = { body: mixedCsv(ROWS, seed) };
  const server = createServer((_request, response) => response.end(served.body));
  await new Promise<void>((resolve) =>
    server.listen(Number(new URL(process.env["SANDBOX_URL"] ?? "").port), "127.0.0.1", resolve),
  );
  const { port } = server.address() as AddressInfo;
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const feed = await createFeed(
      actor,
      team.id,
      feedCreateSchema.parse({
        team: team.slug,
        name: `Bench ${randomUUID()}`,
        kind: "csv",
        url: `http://127.0.0.1:${String(port)}/feed`,
        csv: {
          header: true,
          valueColumns: ["value"],
          columns: { comment: "comment", confidence: "confidence", tags: "tags" },
        },
      }),
    );
    const run = async (expected: string) => {
      const { id } = await runFeedNow(actor, feed);
      const { ms } = await timed(() =>
        ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal }),
      );
      const done = await getRun(actor, id);
      if (done.state !== expected)
        throw new Error(`The run ended as ${done.state}: ${done.error?.message ?? ""}`);
      return ms;
    };
    await owner.query("CHECKPOINT");
    const first = await run("succeeded");
    const floor = await measureFloor(owner, feed.id);
    const same = await run("unchanged");
    const before = await fingerprints(owner);
    served.body = `# regenerated\n${served.body}`;
    const other = await run("succeeded");
    const after = await fingerprints(owner);
    const written = TABLES.filter((_, index) => before[index] !== after[index]).length;
    return { first, floor, same, other, written, peakMb: process.resourceUsage().maxRSS / 1024 };
  } finally {
    await owner.end();
    server.closeAllConnections();
    server.close();
  }
};

const measureFloor = async (owner: Client, feedId: string): Promise<number> => {
  const rows = {
    indicator: `SELECT i.* FROM indicator i JOIN attribution a ON a.indicator_id = i.id WHERE a.feed_id = '${feedId}' ORDER BY i.id`,
    attribution: `SELECT * FROM attribution WHERE feed_id = '${feedId}' ORDER BY id`,
    team_indicator: `SELECT t.* FROM team_indicator t JOIN attribution a USING (indicator_id) WHERE a.feed_id = '${feedId}' ORDER BY t.indicator_id`,
    body_chunk: `SELECT c.* FROM body_chunk c JOIN body b ON b.id = c.body_id WHERE b.feed_id = '${feedId}'`,
  };
  const copies: { table: string; data: Buffer[] }[] = [];
  for (const [table, select] of Object.entries(rows)) {
    const data: Buffer[] = [];
    await pipeline(owner.query(copyTo(`COPY (${select}) TO STDOUT`)), async (source) => {
      for await (const chunk of source) data.push(chunk as Buffer);
    });
    await owner.query(`CREATE TABLE floor_${table} (LIKE ${table} INCLUDING ALL)`);
    copies.push({ table, data });
  }
  await owner.query("CHECKPOINT");
  const { ms } = await timed(async () => {
    await owner.query("BEGIN");
    for (const { table, data } of copies)
      await pipeline(data, owner.query(copyFrom(`COPY floor_${table} FROM STDIN`)));
    await owner.query("COMMIT");
  });
  for (const { table } of copies) await owner.query(`DROP TABLE floor_${table}`);
  return ms;
};

const fingerprints = async (owner: Client): Promise<string[]> => {
  const found: string[] = [];
  for (const table of TABLES) {
    const { rows } = await owner.query<{ seen: string }>(
      `SELECT count(*) || md5(string_agg(ctid::text || xmin::text, ',' ORDER BY ctid)) AS seen FROM ${table}`,
    );
    found.push(rows[0]?.seen ?? "");
  }
  return found;
};
