import { expect } from "vitest";

import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";

import { confirmConnector } from "../confirm-connector";
import { listReceipts } from "../list-receipts";
import { explainWrites, type Asked } from "./explain-writes";
import { findOverLimit } from "./hardship";
import type { lookAt } from "./remote";
import { desiredOf, treatedTogether, type Treated, type World } from "./world";

type Remote = ReturnType<typeof lookAt>;
type Standing = Awaited<ReturnType<Remote["defender"]>>[number];

/** What was seen at Defender so far: who made what, and what was there before anybody of ours sent anything. */
export type Sightings = { ours: Map<string, string>; strangers: readonly Standing[] };

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
  expect(explainWrites(journal, { ...sightings, asked })).toEqual([]);
  return world.values.length;
};

const judgeDefender = async (remote: Remote, world: World, { strangers }: Sightings): Promise<void> => {
  const all = await remote.defender();
  const isStrange = ({ id }: Standing): boolean => strangers.some((stranger) => stranger.id === id);
  expect(all.filter(isStrange), "what others made is as it was").toEqual(strangers);
  const [first, second] = [desiredOf(world, 0), desiredOf(world, 1)];
  const stands = all
    .filter((record) => !isStrange(record))
    .map(({ indicatorValue, action, severity, title }) => ({
      ...{ value: indicatorValue, action, severity },
      title: toTitle(title),
    }));
  expect(stands.sort(byValue)).toEqual(
    world.values
      .flatMap((value) => {
        const together = treatedTogether(first.get(value), second.get(value));
        return together ? [expectedOf(value, together)] : [];
      })
      .sort(byValue),
  );
  for (const { indicatorValue, title } of all.filter((record) => !isStrange(record)))
    expect(namesOf(world, indicatorValue), title).toContain(/^\[(.*?)\] /.exec(title)?.[1]);
};

/** A title as it is worded, without whose it is and where it came from. */
const toTitle = (title: string): string =>
  title.replace(/^\[.*?\] /, "[…] ").replace(/\] .* · (\w+ · \d+)$/, "] $1");

const expectedOf = (value: string, { action, severity }: Treated) => ({
  ...{ value, action, severity },
  title: expect.stringMatching(new RegExp(`^\\[…\\] ${INDICATOR_TYPE_LABELS.domain} · \\d+$`)) as string,
});

/** How the title of a value may name its teams: by the one that wants it, or by either of two. */
const namesOf = (world: World, value: string): string[] => {
  const wanting = world.sides.filter((_side, number) => desiredOf(world, number === 1 ? 1 : 0).has(value));
  return wanting.map(({ team }) => (wanting.length > 1 ? `${team.name} +1` : team.name));
};

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

const byValue = ({ value: one }: { value: string }, { value: other }: { value: string }): number =>
  one < other ? -1 : 1;

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
