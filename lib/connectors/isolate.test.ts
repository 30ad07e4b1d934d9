import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import type { ItemOutcome } from "./contract";
import { sendIsolating, type Verdict } from "./isolate";

const accepted: ItemOutcome = { status: "accepted", remoteId: "x" };
const rejection: ItemOutcome = { status: "rejected", reason: "Bad.", code: "invalid", capacity: null };
const refused: Verdict = { status: "refused", failure: new AppError("upstream_rejected", "Bad."), rejection };
const answerAll = (part: readonly unknown[]): Verdict => ({
  status: "answered",
  outcomes: part.map(() => accepted),
});
const numbers = (length: number): number[] => Array.from({ length }, (_, index) => index);
const statuses = (outcomes: readonly ItemOutcome[]): string[] => outcomes.map(({ status }) => status);

/** A service that refuses a request whole as long as a bad number is in it. */
const picky = (bad: ReadonlySet<number>) => {
  const requests: number[][] = [];
  return {
    requests,
    send: (part: readonly number[]): Promise<Verdict> => {
      requests.push([...part]);
      return Promise.resolve(part.some((number) => bad.has(number)) ? refused : answerAll(part));
    },
  };
};

describe("sendIsolating", () => {
  it("sends a good batch once, and nothing for an empty one", async () => {
    const service = picky(new Set());
    const options = { send: service.send, findOffender: () => null, maxRequests: 10 };

    expect(statuses(await sendIsolating(numbers(5), options))).toEqual(
      Array.from({ length: 5 }, () => "accepted"),
    );
    expect(await sendIsolating([], options)).toEqual([]);
    expect(service.requests).toHaveLength(1);
  });

  it("rejects exactly the offenders, whichever they are, and sends every other once it stands clear", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.uniqueArray(fc.nat(59)),
        async (size, offenders) => {
          const bad = new Set(offenders.filter((number) => number < size));
          const outcomes = await sendIsolating(numbers(size), {
            send: picky(bad).send,
            findOffender: () => null,
            maxRequests: 1000,
          });

          expect(statuses(outcomes)).toEqual(
            numbers(size).map((number) => (bad.has(number) ? "rejected" : "accepted")),
          );
        },
      ),
    );
  });

  it("finds one offender among 500 in at most twenty requests", async () => {
    const service = picky(new Set([377]));

    const outcomes = await sendIsolating(numbers(500), {
      send: service.send,
      findOffender: () => null,
      maxRequests: 40,
    });

    expect(outcomes[377]).toEqual(rejection);
    expect(service.requests.length).toBeLessThanOrEqual(20);
  });

  it("needs one request more for an offender that the service names", async () => {
    const service = picky(new Set([3]));

    const outcomes = await sendIsolating(numbers(8), {
      send: service.send,
      findOffender: (part) => part.indexOf(3),
      maxRequests: 40,
    });

    expect(service.requests).toEqual([numbers(8), [0, 1, 2, 4, 5, 6, 7]]);
    expect(outcomes[3]).toEqual(rejection);
  });

  it("sends again what an answer left open, and gives up when it settles nothing", async () => {
    const parts: number[][] = [];
    const outcomes = await sendIsolating(numbers(3), {
      send: (part) => {
        parts.push([...part]);
        const settles = parts.length === 1;
        return Promise.resolve({
          status: "answered",
          outcomes: part.map((number) => (settles && number < 2 ? accepted : null)),
        });
      },
      findOffender: () => null,
      maxRequests: 10,
    });

    expect(parts).toEqual([numbers(3), [2]]);
    expect(statuses(outcomes)).toEqual(["accepted", "accepted", "deferred"]);
  });

  it("throws a failure that comes before anything is settled", async () => {
    const failure = new AppError("upstream_unavailable", "Busy.", {
      retry: "later",
      context: { retryAfterMs: 8000 },
    });
    const options = { send: () => Promise.reject(failure), findOffender: () => null, maxRequests: 10 };

    await expect(sendIsolating(numbers(3), options)).rejects.toBe(failure);
  });

  it("keeps what is settled when a later request fails, with the wait that was asked for", async () => {
    const failure = new AppError("upstream_unavailable", "Busy.", {
      retry: "later",
      context: { retryAfterMs: 8000 },
    });
    const service = picky(new Set([0]));
    const outcomes = await sendIsolating(numbers(4), {
      send: (part) => (part.includes(3) && part.length < 4 ? Promise.reject(failure) : service.send(part)),
      findOffender: () => null,
      maxRequests: 10,
    });

    expect(outcomes).toEqual([
      rejection,
      accepted,
      { status: "deferred", reason: "Busy.", retryAfterMs: 8000 },
      { status: "deferred", reason: "Busy.", retryAfterMs: 8000 },
    ]);
  });

  it("keeps what is settled when it is stopped", async () => {
    const stop = new AbortController();
    const outcomes = await sendIsolating(numbers(2), {
      send: (part) => {
        if (part.length === 2) return Promise.resolve(refused);
        if (part.includes(0)) return Promise.resolve(answerAll(part));
        stop.abort();
        return Promise.reject(new Error("aborted"));
      },
      findOffender: () => null,
      maxRequests: 10,
      signal: stop.signal,
    });

    expect(statuses(outcomes)).toEqual(["accepted", "deferred"]);
  });

  it.each([
    ["counts as unsent where it is for certain not there", true, [2]],
    ["does not where it may be there", false, []],
  ])(
    "tells before each part what is unsent; what an answer left open %s",
    async (_what, isNothingStored, unsent) => {
      const told: { unsent: readonly number[]; next: readonly number[] }[] = [];
      const send = (part: readonly number[]): Promise<Verdict> => {
        if (part.length === 4) return Promise.resolve(refused);
        if (part.includes(2) && part.includes(3))
          return Promise.resolve({ status: "answered", outcomes: [null, accepted], isNothingStored });
        return Promise.resolve(answerAll(part));
      };
      await sendIsolating(numbers(4), {
        send,
        findOffender: () => null,
        maxRequests: 10,
        onSplit: (places, next) => {
          told.push({ unsent: places, next });
          return Promise.resolve();
        },
      });

      expect(told.slice(0, 2)).toEqual([
        { unsent: [0, 1, 2, 3], next: [0, 1] },
        { unsent: [2, 3], next: [2, 3] },
      ]);
      expect(told[2]).toEqual({ unsent, next: [2] });
    },
  );

  it("tells what is unsent when it gives up", async () => {
    const told: (readonly number[])[] = [];
    await sendIsolating(numbers(4), {
      send: (part) => Promise.resolve(part.length > 2 ? refused : answerAll(part)),
      findOffender: () => null,
      maxRequests: 2,
      onSplit: (unsent) => {
        told.push(unsent);
        return Promise.resolve();
      },
    });

    expect(told).toEqual([
      [0, 1, 2, 3],
      [2, 3],
    ]);
  });

  it("does not hide a fault of our own", async () => {
    const options = {
      send: () => Promise.reject(new TypeError("bug")),
      findOffender: () => null,
      maxRequests: 10,
    };

    await expect(sendIsolating(numbers(2), options)).rejects.toThrow("bug");
  });

  it("stops at its budget: throws the refusal when nothing could be told apart, else leaves the rest for later", async () => {
    const allBad = picky(new Set(numbers(100)));
    const options = { findOffender: () => null, maxRequests: 3 };

    await expect(sendIsolating(numbers(100), { ...options, send: allBad.send })).rejects.toThrow("Bad.");

    const oneBad = await sendIsolating(numbers(8), { ...options, send: picky(new Set([7])).send });
    expect(statuses(oneBad)).toEqual([
      ...Array.from({ length: 4 }, () => "accepted"),
      ...Array.from({ length: 4 }, () => "deferred"),
    ]);
  });
});
