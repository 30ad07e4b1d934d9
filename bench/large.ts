import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "pg";

import type { Actor } from "@/lib/domain/access/actor";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { getFormat } from "@/lib/feeds/registry";
import { makeActor, makeTeam } from "@/lib/testing/people";

import { addBenchFeed, moveFeed } from "./feed-runs";
import { countWritten, measureFloor, nextTransaction } from "./floor";
import { openListPage } from "./list-page";
import { runInWorker, type WorkerResult } from "./run-in-worker";
import { median, percentile95, repeat, timed, type Figure } from "./lib";

/** The sizes of the table; the third is the one that the bars are about. */
const SIZES = [10_000, 100_000, 1_000_000, 5_000_000];
export const MILLION = 1_000_000;
/** One in a hundred rows is another one. */
const CHURN_PER_MILLE = 10;

type Options = { actor: Actor; ownerUrl: string; sizes?: readonly number[] };

/**
 * Lists of up to five million rows: what a row costs and what the worker holds; of a million also what they cost against the
 * floor, the same bytes and one per cent of churn; and how the list page and other feeds fare while a million load.
 */
export const benchLarge = async ({ actor, ownerUrl, sizes = SIZES }: Options): Promise<Figure[]> => {
  const server = await startServer();
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const warmUp = await addBenchFeed(actor, server.url(1_000, "warm"));
    const figures: Figure[] = [];
    for (const rows of sizes) {
      const seed = `large${String(rows)}`;
      await server.prepare(rows, seed);
      await owner.query("CHECKPOINT");
      const feed = await addBenchFeed(actor, server.url(rows, seed));
      const first = await runInWorker({ actor, feed, expected: "succeeded", warmUp });
      figures.push({
        name: `First ingest, ${rows.toLocaleString("en")} rows`,
        value: (first.ms * 1_000) / rows,
        unit: "µs/row",
        note: `${(first.ms / 1_000).toFixed(1)} s`,
      });
      figures.push(memoryOf(`First ingest, ${rows.toLocaleString("en")} rows`, first));
      if (rows !== MILLION) continue;
      figures.push(...(await measureMillion({ actor, owner, server, feed, seed, first, warmUp })));
      figures.push(...(await measureMeanwhile({ actor, server, warmUp })));
    }
    return figures;
  } finally {
    await owner.end();
    server.stop();
  }
};

type Server = Awaited<ReturnType<typeof startServer>>;
type Feed = Awaited<ReturnType<typeof addBenchFeed>>;
type Meanwhile = { actor: Actor; server: Server; warmUp: Feed };

/** The list page, a small feed of the same team and one of another, again and again while another million rows load. */
const measureMeanwhile = async ({ actor, server, warmUp }: Meanwhile): Promise<Figure[]> => {
  const seed = "meanwhile";
  await server.prepare(MILLION, seed);
  const feed = await addBenchFeed(actor, server.url(MILLION, seed));
  const otherTeam = await makeTeam(`Bench beside ${String(Date.now())}`);
  const other = await makeActor([[otherTeam, "owner"]]);
  const small = [
    { actor, what: "of the same team" },
    { actor: other, what: "of another team" },
  ];
  const over = new AbortController();
  const ask = await openListPage(actor);
  const pages = repeat(over.signal, 200, () => ask());
  // Their values are the first of those being loaded: whoever had to wait for that would be seen to.
  const url = server.url(1_000, seed);
  const load = await runInWorker({
    actor,
    feed,
    expected: "succeeded",
    warmUp,
    beside: small.map((one) => ({ actor: one.actor, url })),
  });
  over.abort();
  const pageTimes = await pages;
  return [
    {
      name: "While a million load: list page, 95th percentile",
      value: percentile95(pageTimes),
      unit: "ms",
      bar: { most: 300 },
      note: `of ${String(pageTimes.length)}; the load took ${(load.ms / 1_000).toFixed(1)} s with all this beside it`,
    },
    ...small.map(({ what }, index): Figure => {
      const times = load.besideMs[index] ?? [];
      return {
        name: `While a million load: 1,000 of the same rows ${what}`,
        value: Math.max(...times),
        unit: "ms, worst",
        note: `median ${median(times).toFixed(0)} ms of ${String(times.length)} feeds, each of which succeeded`,
      };
    }),
  ];
};

const memoryOf = (name: string, { peakMb }: WorkerResult): Figure => ({
  name: `${name}: worker's memory at most`,
  value: peakMb,
  unit: "MB",
  bar: { most: 400 },
});

type Million = Meanwhile & { owner: Client; feed: Feed; seed: string; first: WorkerResult };

const measureMillion = async (options: Million): Promise<Figure[]> => {
  const { actor, owner, server, feed, seed, first, warmUp } = options;
  const floor = await measureFloor(owner, feed.id);
  const parse = await timeParse(server.url(MILLION, seed));
  const same = await runInWorker({ actor, feed, expected: "unchanged", warmUp });
  await server.prepare(MILLION, seed, CHURN_PER_MILLE);
  await moveFeed(actor, feed, server.url(MILLION, seed, CHURN_PER_MILLE));
  // As autovacuum does within a minute of a load; the next run of a feed comes later than that.
  await owner.query("ANALYZE");
  const next = await nextTransaction(owner);
  const churn = await runInWorker({ actor, feed, expected: "succeeded", warmUp });
  const written = await countWritten(owner, next);
  const { added, changed, removed } = churn.counts;
  return [
    { name: "Million: floor (COPY of the same rows)", value: floor, unit: "ms" },
    { name: "Million: parsing alone", value: parse, unit: "ms" },
    {
      name: "Million: (first − parsing) / floor",
      value: (first.ms - parse) / floor,
      unit: "×",
      bar: { most: 2 },
    },
    { name: "Million: same bytes / first", value: same.ms / first.ms, unit: "×", bar: { most: 0.02 } },
    {
      name: "Million: 1 % churn / first, in all",
      value: churn.ms / first.ms,
      unit: "×",
      bar: { most: 0.4 },
    },
    memoryOf("Million: 1 % churn", churn),
    {
      name: "Million: 1 % churn / first, database",
      value: churn.databaseMs / first.databaseMs,
      unit: "×",
      bar: { most: 0.1 },
      note: "statements but those that run beside parsing: COPY, and adding new values",
    },
    {
      name: "Million: rows written by 1 % churn",
      value: written,
      unit: "rows",
      note: `${String(added)} added, ${String(changed)} changed, ${String(removed)} removed`,
    },
  ];
};

const timeParse = async (url: string): Promise<number> => {
  const settings = feedSettingsSchema.parse({
    csv: {
      header: true,
      valueColumns: ["value"],
      columns: { comment: "comment", confidence: "confidence", tags: "tags" },
    },
  });
  const response = await fetch(url);
  if (!response.body) throw new Error("The bench's server sent nothing.");
  const body = response.body as AsyncIterable<Uint8Array>;
  const { ms, result } = await timed(async () => {
    let rows = 0;
    for await (const batch of getFormat("csv").parse(body, { ...settings, now: new Date() }))
      rows += batch.length;
    return rows;
  });
  if (result !== MILLION) throw new Error(`${String(result)} rows were read.`);
  return ms;
};

const startServer = async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-lists-"));
  const { origin, port } = new URL(process.env["SANDBOX_URL"] ?? "");
  const child = spawn(
    process.execPath,
    ["--import=tsx", join(import.meta.dirname, "list-server.ts"), port, directory],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  const url = (rows: number, seed: string, churn = 0): string =>
    `${origin}/${String(rows)}/${seed}/${String(churn)}`;
  return {
    url,
    /** Makes a list, so that its making is not measured. */
    prepare: async (rows: number, seed: string, churn = 0): Promise<void> => {
      await fetch(url(rows, seed, churn), { method: "HEAD" });
    },
    stop: (): void => {
      child.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
