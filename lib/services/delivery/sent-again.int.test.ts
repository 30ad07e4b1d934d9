import { beforeEach, describe, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { resumePush } from "./resume-push";
import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { valuesOf } from "./testing/find-sent-again";
import { letTimePass } from "./testing/hardship";

const { database, remote } = useDestinations();
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
let feedId: string;
let values: [Vouched, Vouched];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  const [bad, good] = someValues(2);
  if (!bad || !good) throw new Error("No values.");
  values = [bad, good];
  feedId = await vouch(team, [bad], { name: "Bad" });
  await vouch(team, [good], { name: "Good" });
});

const access = () => {
  const [first] = actor.teams;
  if (!first) throw new Error("The actor has no team.");
  return first;
};
const keyOf = ({ type, value }: Vouched) => indicatorId(type, value);
const raiseTlp = () =>
  database.asOwner(async (client) => {
    await client.query(
      "UPDATE team_indicator SET tlp = 5 WHERE team_id = $1 AND indicator_id = (SELECT id FROM indicator WHERE key = $2)",
      [team.id, keyOf(values[0])],
    );
  });
const allow = async () => {
  const list = await createAllowlist(actor, team.id, { name: "Ours", match: "hostname", effect: "stop" });
  await addEntries(actor, list, [{ value: values[0].value, comment: "Ours.", until: null }]);
};
/** What makes that the first of the values must not go there any more. */
const CHANGES: [string, () => Promise<unknown>][] = [
  ["its TLP was raised above the ceiling", raiseTlp],
  ["it was put on an allowlist", allow],
  [
    "a person withdrew it",
    () => withdrawIndicator(actor, access(), { indicatorId: keyOf(values[0]), reason: "Wrong." }),
  ],
  [
    "a person held it back",
    () => withhold(actor, access(), { target: { scope: "feed", id: feedId }, reason: "Wrong." }),
  ],
  ["no feed names it any longer", () => unvouch(team, [values[0]])],
];
const standing = async (kind: "defender" | "sentinel"): Promise<string[]> =>
  kind === "defender"
    ? (await remote.defender()).map(({ indicatorValue }) => indicatorValue)
    : (await remote.sentinel()).map(({ pattern }) => /'(.*)'/.exec(pattern)?.[1] ?? pattern);
const timesSent = async ({ value }: Vouched) =>
  (await remote.journal()).filter((one) => valuesOf(one).includes(value)).length;
const itemStates = (pushId: string) =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ state: string; left: boolean }>(
      `SELECT DISTINCT state, sent_at IS NOT NULL AS left FROM push_item WHERE push_id = $1`,
      [pushId],
    );
    return rows;
  });

const KINDS = [
  ["defender", "*/import"],
  ["sentinel", "*:upload"],
] as const;

describe.each(KINDS)("what %s was asked to wait with", (kind, path) => {
  it.each(CHANGES)("is not sent when meanwhile %s", async (_what, change) => {
    const connector = await connect(actor, team, kind);
    const pushId = await apply(actor, connector);
    await remote.control("POST", "faults", {
      match: { path },
      status: 429,
      headers: { "retry-after": "600" },
    });
    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    expect(await itemStates(pushId)).toEqual([{ state: "pending", left: false }]);

    await change();
    await letTimePass();

    expect(await deliverToTheEnd(pushId)).toBe("done");
    expect(await standing(kind)).toEqual([values[1].value]);
    expect(await timesSent(values[0])).toBe(1);
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 1, skipped: 1 } });
  });
});

/** Destinations whose first answer to a write is lost, after which something happens. */
const losingAnswer = (meanwhile: () => Promise<unknown>): OpenDestination => {
  let isFirst = true;
  return (settings) => {
    const destination = openDestination(settings);
    return {
      ...destination,
      push: async (...given) => {
        const answer = await destination.push(...given);
        if (!isFirst) return answer;
        isFirst = false;
        await meanwhile();
        throw new AppError("upstream_unavailable", "The answer was lost.", { retry: "later" });
      },
    };
  };
};

describe.each(KINDS)("what may stand at %s, since its answer was lost", (kind) => {
  it.each(CHANGES)("is taken back and not put there once more when meanwhile %s", async (_what, change) => {
    const connector = await connect(actor, team, kind);
    const pushId = await apply(actor, connector);

    expect(await deliverToTheEnd(pushId, losingAnswer(change))).toBe("done");

    expect(await standing(kind)).toEqual([values[1].value]);
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 1, removed: 1 } });
    const { receipts } = await listReceipts(connector, { limit: 10, after: null });
    expect(receipts.find(({ value }) => value === values[0].value)).toMatchObject({
      state: "withdrawing",
      reason: expect.stringContaining("what may have arrived of it was taken back") as unknown,
    });
  });
});

describe("an answer to a write that cannot be taken", () => {
  /** Carried out, and answered with more header text than is read. */
  const answerTooLong = (path: string) =>
    remote.control("POST", "faults", {
      match: { path },
      processed: true,
      status: 200,
      body: {},
      headers: { "x-filler": "x".repeat(20_000) },
    });

  it.each(KINDS)(
    "leaves open at %s whether it stands there: a plan made then counts it",
    async (kind, path) => {
      const connector = await connect(actor, team, kind);
      const pushId = await apply(actor, connector);
      await answerTooLong(path);

      expect(await deliverToTheEnd(pushId)).toBe("stopped");

      expect((await standing(kind)).toSorted()).toEqual(values.map(({ value }) => value).toSorted());
      expect(await itemStates(pushId)).toEqual([{ state: "sending", left: true }]);
      await unvouch(team, values);
      expect((await plan(actor, connector)).counts).toMatchObject({ remove: 2 });
      expect(await push(actor, connector)).toMatchObject({ state: "done", counts: { removed: 2 } });
      expect(await standing(kind)).toEqual([]);
    },
  );

  it("stands once when the push is resumed", async () => {
    const connector = await connect(actor, team, "defender");
    const pushId = await apply(actor, connector);
    await answerTooLong("*/import");
    await deliverToTheEnd(pushId);

    await resumePush({ pushId, teamId: team.id, doer: asDoer(actor) });
    expect(await deliverToTheEnd(pushId)).toBe("done");

    expect((await standing("defender")).toSorted()).toEqual(values.map(({ value }) => value).toSorted());
    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 2 } });
  });

  it("does not make another team's application a dead one", async () => {
    const otherTeam = await makeTeam();
    const other = await makeActor([[otherTeam, "owner"]]);
    await vouch(otherTeam, values, { name: "Theirs", confidence: 95 });
    const first = await connect(actor, team, "defender");
    await push(actor, first);
    const second = await connect(other, otherTeam, "defender", { app: "TPI_TeamB", severity: "High" });
    const pushId = await apply(other, second);
    await answerTooLong("*/import");

    expect(await deliverToTheEnd(pushId)).toBe("stopped");

    const { rows } = await database.asOwner((client) =>
      client.query<{ state: string }>("SELECT DISTINCT state FROM remote_record"),
    );
    expect(rows).toEqual([{ state: "live" }]);
  });
});
