import { beforeEach, describe, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import type { Actor } from "@/lib/domain/access/actor";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createShared } from "./applications";
import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { apply, connect, deliverToTheEnd, openOneByOne, push, someValues, vouch } from "./testing/desk";

const { database, remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** Destinations whose answers take this long; tells how many requests were under way at most. */
const slow = (takesMs: number) => {
  const under = { way: 0, most: 0 };
  const open: OpenDestination = (settings) => {
    const destination = openDestination(settings);
    return {
      ...destination,
      push: async (batch, signal) => {
        under.way += 1;
        under.most = Math.max(under.most, under.way);
        await new Promise((resolve) => setTimeout(resolve, takesMs));
        const answer = await destination.push(batch, signal);
        under.way -= 1;
        return answer;
      },
    };
  };
  return { open, under };
};

describe("requests of a push", () => {
  it("are under way one beside the other, as many as may leave and no more than are allowed at once", async () => {
    await vouch(team, someValues(1_250), { name: "Many" });
    const sentinel = await connect(actor, team, "sentinel");
    const { open, under } = slow(500);

    expect(await push(actor, sentinel, open)).toMatchObject({
      state: "done",
      counts: { accepted: 1_250, failed: 0 },
    });
    expect(under.most).toBe(10);
    expect((await remote.writes()).every(({ status }) => status === 200)).toBe(true);
  });

  it("fail each for itself: the others count, and what was refused is sent again as it was", async () => {
    await vouch(team, someValues(300), { name: "Many" });
    const sentinel = await connect(actor, team, "sentinel");
    await remote.control("POST", "faults", { match: { path: "/sentinel/*" }, status: 503, times: 1 });

    expect(await push(actor, sentinel)).toMatchObject({
      state: "done",
      counts: { accepted: 300, failed: 0 },
    });
    const uploads = (await remote.writes()).map(({ status }) => status);
    expect(uploads.toSorted()).toEqual([200, 200, 200, 503]);
  });
});

describe("a worker that is told to stop", () => {
  it("keeps what some requests of a batch were answered when another breaks off", async () => {
    await vouch(team, someValues(300), { name: "Many" });
    const sentinel = await connect(actor, team, "sentinel");
    const id = await apply(actor, sentinel);
    const stop = new AbortController();
    let requests = 0;
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        push: async (batch, signal, onSplit) => {
          requests += 1;
          if (requests === 2) {
            // It hangs until the worker gives up.
            setTimeout(() => {
              stop.abort(new Error("The worker stops."));
            }, 1_000);
            await new Promise((resolve) => signal?.addEventListener("abort", resolve));
            signal?.throwIfAborted();
          }
          return destination.push(batch, signal, onSplit);
        },
      };
    };

    await expect(deliverPush(id, { signal: stop.signal, open })).rejects.toThrow("The worker stops.");

    expect(await getPush(actor, id)).toMatchObject({ state: "running", counts: { accepted: 200 } });
    expect(await deliverToTheEnd(id)).toBe("done");
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 300 } });
    expect(await remote.writes()).toHaveLength(3);
  });

  it("ends the batch that is under way and begins no other; the next worker goes on at once", async () => {
    await vouch(team, someValues(250), { name: "Many" });
    const sentinel = await connect(actor, team, "sentinel");
    const id = await apply(actor, sentinel);
    const stopping = new AbortController();
    const open: OpenDestination = (settings) => {
      const destination = openOneByOne(settings);
      return {
        ...destination,
        push: async (...given) => {
          const answer = await destination.push(...given);
          stopping.abort(new Error("The worker stops."));
          return answer;
        },
      };
    };
    const delivered = deliverPush(id, {
      ...{ signal: new AbortController().signal, stopping: stopping.signal },
      open,
    });

    await expect(delivered).rejects.toThrow("The worker stops.");

    expect(await remote.writes()).toHaveLength(1);
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 100 } });
    expect(await deliverPush(id, { signal: new AbortController().signal })).toBe("done");
    expect(await getPush(actor, id)).toMatchObject({ counts: { accepted: 250 } });
  });
});

it("a connector whose credential is gone fails what goes by it, and nothing that asks at the same moment", async () => {
  const [gone, alive] = [await connect(actor, team, "defender"), await connect(actor, team, "defender")];
  await database.asOwner((client) =>
    client.query("DELETE FROM credential WHERE connector_id = $1", [gone.id]),
  );
  const { access } = createShared();

  const [failed, opened] = await Promise.allSettled([access(gone.id), access(alive.id)]);

  expect(failed).toMatchObject({ status: "rejected" });
  expect(opened).toMatchObject({ status: "fulfilled", value: { connectorId: alive.id } });
});
