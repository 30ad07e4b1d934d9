import { expect } from "vitest";

import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";

import { confirmConnector } from "../confirm-connector";
import { listReceipts } from "../list-receipts";
import { explainWrites, type Sighting } from "./explain-writes";
import { findOverLimit } from "./hardship";
import type { Asked } from "./read-asked";
import type { lookAt } from "./remote";
import { desiredOf, type Side, type World } from "./world";
import { recordsAtDefender } from "./world-tenant";

type Remote = ReturnType<typeof lookAt>;
type Standing = Awaited<ReturnType<Remote["defender"]>>[number];

/** What was seen at Defender so far: who made what of ours, what others did, and what was there before anybody of ours sent anything. */
export type Sightings = {
  ours: Map<string, Sighting>;
  others: Set<string>;
  strangers: readonly Standing[];
};

const { signal } = new AbortController();

/** Throws where something is not as people want it, or is not told truly; gives how many values were looked at. */
export const judge = async (
  remote: Remote,
  world: World,
  { sightings, asked }: { sightings: Sightings; asked: Asked },
): Promise<number> => {
  await judgeDefender(remote, world, sightings);
  await judgeSentinel(remote, world);
  for (const connector of world.connectors) await judgeReceipts(world, connector);
  const journal = await remote.journal();
  expect(findOverLimit(journal)).toEqual([]);
  const { ours, others } = sightings;
  expect(explainWrites(journal, { ours, strangers: others, asked })).toEqual([]);
  return world.values.length;
};

const judgeDefender = async (
  remote: Remote,
  world: World,
  { strangers, others }: Sightings,
): Promise<void> => {
  const all = await remote.defender();
  const wasThere = new Set(strangers.map(({ id }) => id));
  expect(
    all.filter(({ id }) => wasThere.has(id)),
    "what others made is as it was",
  ).toEqual(strangers);
  const stands = all
    .filter(({ id }) => !others.has(id))
    .map(({ indicatorValue, action, severity, title, rbacGroupNames }) => ({
      ...{ value: indicatorValue, groups: rbacGroupNames, action, severity },
      ...{ title: toTitle(title), names: /^\[(.*?)\] /.exec(title)?.[1] ?? "" },
    }));
  expect(stands.sort(byValue)).toEqual(
    recordsAtDefender(world)
      .map(({ value, groups, treated, sides }) => ({
        ...{ value, groups, ...treated },
        title: expect.stringMatching(
          new RegExp(`^\\[…\\] ${INDICATOR_TYPE_LABELS.domain} · \\d+$`),
        ) as string,
        names: expect.toBeOneOf(namesOf([...sides])) as string,
      }))
      .sort(byValue),
  );
};

/** A title as it is worded, without whose it is and where it came from. */
const toTitle = (title: string): string =>
  title.replace(/^\[.*?\] /, "[…] ").replace(/\] .* · (\w+ · \d+)$/, "] $1");

/** How a title may name its teams: by the one that wants it, or by either of two. */
const namesOf = (wanting: readonly Side[]): string[] =>
  wanting.map(({ team }) => (wanting.length > 1 ? `${team.name} +1` : team.name));

const judgeSentinel = async (remote: Remote, world: World): Promise<void> => {
  const objects = (await remote.sentinel()).filter(({ id }) => id.startsWith("indicator--"));
  const stands = objects.map(({ pattern, name = "" }) => ({
    value: /'(.*)'/.exec(pattern)?.[1] ?? "",
    name,
  }));
  const { name } = world.sides[0].team;
  expect(stands.sort(byValue)).toEqual(
    [...desiredOf(world, 0).keys()]
      .map((value) => ({ value, name: expect.stringContaining(`[${name}] `) as string }))
      .sort(byValue),
  );
};

type Placed = { value: string; groups?: readonly string[] };

const byValue = (one: Placed, other: Placed): number => (placeOf(one) < placeOf(other) ? -1 : 1);
const placeOf = ({ value, groups = [] }: Placed): string => `${value} ${groups.join()}`;

const judgeReceipts = async (world: World, connector: ConnectorView): Promise<void> => {
  const desired = desiredOf(world, connector.teamId === world.sides[1].team.id ? 1 : 0);
  const { receipts } = await listReceipts(connector, { limit: 50, after: null });
  const states = new Map(receipts.map(({ value, state }) => [value, state]));
  for (const value of world.values) {
    const expected = desired.has(value)
      ? /accepted|visible/
      : // One that was lost when another team's went, and is not wanted any more, stays failed.
        /withdrawing|gone|skipped|failed|never/;
    expect([connector.name, value, states.get(value) ?? "never"]).toEqual([
      ...[connector.name, value],
      expect.stringMatching(expected),
    ]);
  }
  expect(await confirmConnector(connector.id, { signal })).toMatchObject({ unconfirmed: 0, problem: null });
};
