import type { Actor } from "@/lib/domain/access/actor";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { listIndicators } from "@/lib/services/indicators/list-indicators";

import { median, percentile95, timed, type Figure } from "./lib";

const ROUNDS = 40;
const PAGE_SIZE = 50;

/** The first page of the indicators list, unfiltered, filtered and searched, on what the ingest bench left. */
export const benchList = async (actor: Actor): Promise<Figure[]> => {
  const teamIds = actor.teams.map(({ id }) => id);
  const cases = {
    "newest first": {},
    "one type": { type: "sha256" },
    "sorted by value": { sort: "value" },
    "a value, searched": { q: "45.1.2.3" },
  };
  const figures: Figure[] = [];
  for (const [name, filter] of Object.entries(cases)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const options = {
        teamIds,
        filter: indicatorFilterSchema.parse(filter),
        limit: PAGE_SIZE,
        cursor: null,
      };
      times.push((await timed(() => listIndicators(actor, options))).ms);
    }
    figures.push({
      name: `List page: ${name}`,
      value: percentile95(times),
      unit: "ms (95th)",
      note: `median ${median(times).toFixed(1)} ms of ${String(ROUNDS)}`,
    });
  }
  return figures;
};
