import { beforeAll, describe, expect, it } from "vitest";

import { callRoute } from "@/lib/testing/call-route";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { addMember, makeToken, makeUser, type TestTeam } from "@/lib/testing/people";
import type { Role } from "@/lib/domain/access/permissions";
import { ingestRun } from "@/lib/services/feeds/ingest-run";
import { asSystem } from "@/lib/db/scope";

import { compareRunsRoute, listRunValuesRoute, rollBackRunRoute } from "./generations";
import { acceptRunRoute } from "./runs";
import { getRetentionRoute, updateRetentionRoute } from "./retention";
import {
  listSharedFeedsRoute,
  listSubscriptionsRoute,
  subscribeRoute,
  unsubscribeRoute,
} from "./subscriptions";

useTestDatabase();
const server = useFeedServer();

let owner: FeedDesk;
let other: FeedDesk;
const tokens = { analyst: "", viewer: "", foreign: "", administrator: "" };

const tokenIn = async (team: TestTeam, role: Role): Promise<string> => {
  const user = await makeUser();
  await addMember(team, user, role);
  return makeToken(user);
};

beforeAll(async () => {
  owner = await openFeedDesk({ server });
  other = await openFeedDesk({ server });
  tokens.analyst = await tokenIn(owner.team, "analyst");
  tokens.viewer = await tokenIn(owner.team, "viewer");
  tokens.foreign = await tokenIn(other.team, "analyst");
  tokens.administrator = await makeToken(await makeUser({ isAdministrator: true }));
});

describe("generations in the API", () => {
  it("are read by viewers, left by analysts, and unknown to other teams", async () => {
    const feed = await owner.addFeed();
    const first = await owner.run(feed, ["1.2.3.1", "2.2.2.2", "nonsense"]);
    const second = await owner.run(feed, ["2.2.2.2", "3.3.3.3"]);
    const params = { id: second.id };
    const pair = { id: second.id, other: first.id };

    expect(await callRoute(compareRunsRoute, { token: tokens.viewer, params: pair })).toMatchObject({
      status: 200,
      json: {
        counts: { added: 1, removed: 1, changed: 0, unchanged: 1 },
        added: [{ type: "ipv4", value: "3.3.3.3", before: null, after: { line: 2 } }],
        nextCursor: null,
      },
    });
    const values = await callRoute(listRunValuesRoute, {
      token: tokens.viewer,
      params: { id: first.id },
      path: "/?limit=2",
    });
    expect(values).toMatchObject({ status: 200, json: { data: [{ line: 1 }, { line: 2 }] } });
    const next = String(values.json?.["nextCursor"]);
    expect(
      await callRoute(listRunValuesRoute, {
        token: tokens.viewer,
        params: { id: first.id },
        path: `/?limit=2&cursor=${next}`,
      }),
    ).toMatchObject({ json: { data: [{ line: 3, values: [{ outcome: "rejected" }] }], nextCursor: null } });

    expect(await callRoute(compareRunsRoute, { token: tokens.foreign, params: pair })).toMatchObject({
      status: 404,
    });
    for (const route of [listRunValuesRoute, rollBackRunRoute])
      expect(await callRoute(route, { token: tokens.foreign, params })).toMatchObject({ status: 404 });
    expect(await callRoute(rollBackRunRoute, { token: tokens.viewer, params })).toMatchObject({
      status: 403,
    });
    expect(await callRoute(rollBackRunRoute, { token: tokens.analyst, params })).toMatchObject({
      status: 200,
      json: { id: second.id, state: "rolled-back", rollback: { liveNumber: 1, left: 1, returned: 1 } },
    });
    expect(await callRoute(rollBackRunRoute, { token: tokens.analyst, params })).toMatchObject({
      status: 409,
    });
    expect(await callRoute(acceptRunRoute, { token: tokens.analyst, params })).toMatchObject({
      status: 202,
      json: { id: second.id, state: "queued" },
    });
    expect(await owner.carryOut(second.id)).toMatchObject({ state: "succeeded", counts: { added: 1 } });
  });
});

describe("subscriptions in the API", () => {
  it("are found, made, looked at and ended by those who may", async () => {
    const feed = await owner.addFeed({ visibility: "everyone" });
    await owner.run(feed, ["8.7.4.4"]);
    const params = { id: feed.id };
    const { slug } = other.team;

    expect(
      await callRoute(listSharedFeedsRoute, { token: tokens.foreign, path: `/?team=${slug}` }),
    ).toMatchObject({
      status: 200,
      json: { data: [{ id: feed.id, name: feed.name, active: 1, subscriptionId: null }] },
    });
    const unknownField = await callRoute(subscribeRoute, {
      token: tokens.foreign,
      params,
      body: { team: slug, policy: { maxTlp: "red" } },
    });
    expect(unknownField).toMatchObject({ status: 400 });
    const made = await callRoute(subscribeRoute, {
      token: tokens.foreign,
      params,
      body: { team: slug, policy: { types: ["ipv4"] } },
    });
    expect(made).toMatchObject({
      status: 201,
      json: { kind: "subscription", team: slug, sourceFeedId: feed.id },
    });
    // Nobody subscribes for a team that is not theirs.
    expect(
      await callRoute(subscribeRoute, { token: tokens.analyst, params, body: { team: slug, policy: {} } }),
    ).toMatchObject({ status: 404 });
    const run = await asSystem("operations", (tx) =>
      tx.feedRun.findFirstOrThrow({
        where: { teamId: other.team.id, state: "queued" },
        select: { id: true },
      }),
    );
    await ingestRun(run.id, { workerId: crypto.randomUUID(), signal: new AbortController().signal });

    expect(await callRoute(listSubscriptionsRoute, { token: tokens.viewer, params })).toMatchObject({
      json: { data: [{ team: slug, active: 1, policy: null }] },
    });
    const body = { team: slug };
    expect(await callRoute(unsubscribeRoute, { token: tokens.viewer, params, body })).toMatchObject({
      status: 403,
    });
    expect(await callRoute(unsubscribeRoute, { token: tokens.analyst, params, body })).toMatchObject({
      status: 404,
    });
    expect(await callRoute(unsubscribeRoute, { token: tokens.foreign, params, body })).toMatchObject({
      status: 200,
      json: { removed: 1 },
    });
    expect(await callRoute(unsubscribeRoute, { token: tokens.foreign, params })).toMatchObject({
      status: 404,
    });
  });
});

describe("retention in the API", () => {
  it("is for administrators", async () => {
    const call = { token: tokens.administrator };
    expect(await callRoute(getRetentionRoute, { token: tokens.analyst })).toMatchObject({ status: 403 });
    expect(await callRoute(getRetentionRoute, call)).toMatchObject({
      status: 200,
      json: { generations: 10 },
    });
    expect(await callRoute(updateRetentionRoute, { ...call, body: { runDays: 80 } })).toMatchObject({
      status: 400,
    });
    expect(await callRoute(updateRetentionRoute, { ...call, body: { bodyDays: 60 } })).toMatchObject({
      status: 200,
      json: { bodyDays: 60, generations: 10 },
    });
  });
});
