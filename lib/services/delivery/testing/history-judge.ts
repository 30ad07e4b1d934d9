import { expect } from "vitest";

import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";

import { confirmConnector } from "../confirm-connector";
import { listReceipts, type ReceiptView } from "../list-receipts";
import { explainWrites } from "./explain-writes";
import { findOverLimit } from "./hardship";
import type { Asked } from "./read-asked";
import type { lookAt } from "./remote";
import { CLIENT_IDS } from "./history-acts";
import { desiredOf, sideOf, type Side, type World } from "./world";
import { groupsFor, recordsAtDefender } from "./world-tenant";

type Remote = ReturnType<typeof lookAt>;
type Standing = Awaited<ReturnType<Remote["defender"]>>[number];

const { signal } = new AbortController();

/** What was there before anybody of ours sent anything, and what the audit log asks for. */
type Evidence = { strangers: readonly Standing[]; asked: Asked };

/** Throws where something is not as people want it, or is not told truly; gives how many values were looked at. */
export const judge = async (
  remote: Remote,
  world: World,
  { strangers, asked }: Evidence,
): Promise<number> => {
  const placed = {
    defender: await judgeDefender(remote, world, strangers),
    sentinel: await judgeSentinel(remote, world),
  };
  for (const connector of world.connectors) await judgeReceipts(world, connector, placed[connector.kind]);
  const nobodys = asked.removals.filter(({ isByPerson }) => isByPerson).flatMap(({ records }) => records);
  expect(
    nobodys.filter(({ value }) => !world.strays.has(value)),
    "what we sent was not known as ours",
  ).toEqual([]);
  const journal = await remote.journal();
  expect(findOverLimit(journal)).toEqual([]);
  expect(explainWrites(journal, asked)).toEqual([]);
  return world.values.length;
};

/** A record as it stands, by its id there. */
type Placed = { id: string; value: string; groups: readonly string[]; endsAt: number };

const judgeDefender = async (
  remote: Remote,
  world: World,
  strangers: readonly Standing[],
): Promise<Placed[]> => {
  const all = await remote.defender();
  const wasThere = new Set(strangers.map(({ id }) => id));
  expect(
    all.filter(({ id }) => wasThere.has(id)),
    "what others made is as it was",
  ).toEqual(strangers);
  const ours = all.filter(({ createdBy }) => CLIENT_IDS.includes(createdBy));
  const stands = ours.map(({ indicatorValue, action, severity, title, rbacGroupNames }) => ({
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
  return ours.map(({ id, indicatorValue, rbacGroupNames, expirationTime }) => ({
    ...{ id, value: indicatorValue, groups: rbacGroupNames },
    endsAt: Date.parse(expirationTime ?? ""),
  }));
};

/** A title as it is worded, without whose it is and where it came from. */
const toTitle = (title: string): string =>
  title.replace(/^\[.*?\] /, "[…] ").replace(/\] .* · (\w+ · \d+)$/, "] $1");

/** How a title may name its teams: by the one that wants it, or by either of two. */
const namesOf = (wanting: readonly Side[]): string[] =>
  wanting.map(({ team }) => (wanting.length > 1 ? `${team.name} +1` : team.name));

const judgeSentinel = async (remote: Remote, world: World): Promise<Placed[]> => {
  const objects = (await remote.sentinel()).filter(({ id }) => id.startsWith("indicator--"));
  const stands = objects.map(({ pattern, name = "" }) => ({
    value: valueOf(pattern),
    names: /^\[(.*?)\] /.exec(name)?.[1] ?? "",
  }));
  const [one, other] = [desiredOf(world, 0), desiredOf(world, 1)];
  expect(stands.sort(byValue)).toEqual(
    [...new Set([...one.keys(), ...other.keys()])]
      .map((value) => ({
        value,
        names: expect.toBeOneOf(
          namesOf(world.sides.filter((_, place) => [one, other][place]?.has(value))),
        ) as string,
      }))
      .sort(byValue),
  );
  return objects.map(({ id, pattern, valid_until: until }) => ({
    ...{ id, value: valueOf(pattern), groups: [], endsAt: Date.parse(until ?? "") },
  }));
};

const valueOf = (pattern: string): string => /'(.*)'/.exec(pattern)?.[1] ?? "";

type Named = { value: string; groups?: readonly string[] };

const byValue = (one: Named, other: Named): number => (placeOf(one) < placeOf(other) ? -1 : 1);
const placeOf = ({ value, groups = [] }: Named): string => `${value} ${groups.join()}`;

const judgeReceipts = async (
  world: World,
  connector: ConnectorView,
  placed: readonly Placed[],
): Promise<void> => {
  expect(await confirmConnector(connector.id, { signal })).toMatchObject({ unconfirmed: 0, problem: null });
  const desired = desiredOf(world, sideOf(world, connector) === world.sides[1] ? 1 : 0);
  const { receipts } = await listReceipts(connector, { limit: 50, after: null });
  const byName = new Map(receipts.map((receipt) => [receipt.value, receipt]));
  for (const value of world.values) {
    const receipt = byName.get(value);
    const told = receipt && toTold(receipt, connector.kind);
    expect([connector.name, value, told]).toEqual([
      ...[connector.name, value],
      desired.has(value) ? standsAs(findPlaced(world, connector, { value, placed })) : STANDS_NOT,
    ]);
  }
};

/** What of a receipt speaks of what stands there. */
const toTold = (
  { state, remoteId, stixId, expiresAt, drift, reason, visibleAt, goneAt }: ReceiptView,
  kind: ConnectorView["kind"],
) => ({
  ...{
    state,
    id: kind === "defender" ? remoteId : stixId,
    endsAt: expiresAt?.getTime() ?? null,
    drift,
    reason,
  },
  ...{ wasSeen: visibleAt !== null, isGone: goneAt !== null },
});

const standsAs = ({ id, endsAt }: Placed) => ({
  ...{ state: "visible", id, endsAt, drift: null, wasSeen: true, isGone: false },
  // A change that was overtaken before it was sent may have been the last that was planned.
  reason: expect.toBeOneOf([null, expect.stringMatching(/^It stands as before/)]) as unknown,
});

/**
 * Of what nobody wants there. One that was never taken, or was lost when another team's went, and is not wanted any more, stays failed:
 * it names no record, and is no removal that did nothing.
 */
const STANDS_NOT = expect.toBeOneOf([
  undefined,
  expect.objectContaining({ state: "gone", isGone: true }),
  expect.objectContaining({ state: "skipped", id: null, reason: expect.stringMatching(/\w{3}/) as unknown }),
  expect.objectContaining({
    ...{ state: "failed", id: null },
    reason: expect.stringMatching(/^(?!Not confirmed).*\w{3}/) as unknown,
  }),
]) as unknown;

type Sought = { value: string; placed: readonly Placed[] };

/** The record that a connector's receipt of a value is about: the only one, or the one under its device groups. */
const findPlaced = (world: World, connector: ConnectorView, { value, placed }: Sought): Placed => {
  const groups = connector.kind === "defender" ? groupsFor(world, connector, value) : [];
  const found = placed.find((one) => one.value === value && one.groups.join() === groups.join());
  if (!found) throw new Error(`${value} does not stand there.`);
  return found;
};
