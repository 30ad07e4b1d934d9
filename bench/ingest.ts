import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Client } from "pg";

import type { Actor } from "@/lib/domain/access/actor";

import { addBenchFeed, timeRun } from "./feed-runs";
import { countWritten, measureFloor, nextTransaction } from "./floor";
import { median, spread, type Figure } from "./lib";
import { mixedCsv } from "./synthetic";

const ROWS = 100_000;
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
  const ratio = (name: string, values: number[], most: number): Figure => ({
    name,
    value: median(values),
    unit: "×",
    bar: { most },
    note: `${spread(values, 2)} in ${String(ROUNDS)} rounds`,
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
      3,
    ),
    ratio(
      "Same bytes again / first",
      of(({ same, first }) => same / first),
      0.05,
    ),
    ratio(
      "Same values in other bytes / first",
      of(({ other, first }) => other / first),
      0.5,
    ),
    {
      name: "Rows written by same values in other bytes",
      value: Math.max(...of(({ written }) => written)),
      unit: "rows",
      bar: { most: 0 },
    },
    {
      name: "Peak memory of the process",
      value: Math.max(...of(({ peakMb }) => peakMb)),
      unit: "MB",
      bar: { most: 512 },
      note: "worker and bench together",
    },
  ];
};

const oneRound = async ({ actor, ownerUrl }: Options, seed: string) => {
  const served = { body: mixedCsv(ROWS, seed) };
  const server = createServer((_request, response) => response.end(served.body));
  await new Promise<void>((resolve) =>
    server.listen(Number(new URL(process.env["SANDBOX_URL"] ?? "").port), "127.0.0.1", resolve),
  );
  const { port } = server.address() as AddressInfo;
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const feed = await addBenchFeed(actor, `http://127.0.0.1:${String(port)}/feed`);
    await owner.query("CHECKPOINT");
    const first = await timeRun(actor, feed, "succeeded");
    const floor = await measureFloor(owner, feed.id);
    const same = await timeRun(actor, feed, "unchanged");
    const next = await nextTransaction(owner);
    served.body = `# regenerated\n${served.body}`;
    const other = await timeRun(actor, feed, "succeeded");
    return {
      first: first.ms,
      floor,
      same: same.ms,
      other: other.ms,
      written: await countWritten(owner, next),
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
  } finally {
    await owner.end();
    server.closeAllConnections();
    server.close();
  }
};
