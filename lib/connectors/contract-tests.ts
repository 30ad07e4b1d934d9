import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import type { Destination, OutgoingRecord, Receipt, RemoteRecord } from "./contract";
import type { DestinationSettings } from "./registry";
import { outgoing, withdrawn } from "./testing/records";

/** A service under test: how to reach it, what stands in it, and how to make it misbehave. */
export type Harness = {
  open: (change?: Partial<DestinationSettings>) => Destination;
  /** Brings the service back to its beginning, in the position of its switches under test. */
  reset: () => Promise<void>;
  /** The values that are active there now, whoever asks. */
  storedValues: () => Promise<string[]>;
  /** How many requests that change something have arrived. */
  countWrites: () => Promise<number>;
  /** Makes the next requests to the API (not to the sign-in) be answered so. */
  breakNext: (
    answer: "throttled" | "unauthorized" | "gateway-page" | "reset" | "truncated",
    times?: number,
  ) => Promise<void>;
  /** A record that passes our own checks and is refused by the service. */
  refusable: (number: number) => OutgoingRecord;
  checkNames: readonly string[];
  close: () => Promise<void>;
};

/** What every destination promises, whichever way the service settles what its documents leave open. */
export const describeDestination = (name: string, openHarness: () => Promise<Harness>): void => {
  describe(`${name} as a destination`, () => {
    let harness: Harness;
    let destination: Destination;
    beforeAll(async () => {
      harness = await openHarness();
    });
    beforeEach(async () => {
      await harness.reset();
      destination = harness.open();
    });
    afterAll(() => harness.close());

    it("stores a batch, and gives a receipt for each record in order", async () => {
      const batch = records(20);

      const receipts = await destination.push(batch);

      expect(receipts.map(({ indicatorId }) => indicatorId)).toEqual(
        batch.map(({ indicatorId }) => indicatorId),
      );
      expect(new Set(statuses(receipts))).toEqual(new Set(["accepted"]));
      expect(await harness.storedValues()).toEqual(values(batch));
    });

    it("stores nothing twice when the same batch comes again", async () => {
      const first = await destination.push(records(5));
      const second = await destination.push(records(5));

      expect(remoteIds(second)).toEqual(remoteIds(first));
      expect(await harness.storedValues()).toEqual(values(records(5)));
    });

    it.each([0, 4, 8])("never lets a bad record at place %d cost the others", async (place) => {
      const batch = records(9).with(place, harness.refusable(place));

      const receipts = await destination.push(batch);

      expect(statuses(receipts)).toEqual(
        batch.map((_, index) => (index === place ? "rejected" : "accepted")),
      );
      expect(receipts[place]?.outcome).toMatchObject({
        code: "invalid",
        reason: expect.stringMatching(/\w/) as unknown,
      });
      expect(await harness.storedValues()).toEqual(values(batch.toSpliced(place, 1)));
    });

    it("rejects every record of a batch that is bad throughout", async () => {
      const receipts = await destination.push([1, 2, 3].map(harness.refusable));

      expect(statuses(receipts)).toEqual(["rejected", "rejected", "rejected"]);
      expect(await harness.storedValues()).toEqual([]);
    });

    it("ends records, and calls an end that came before accepted", async () => {
      const batch = records(4);
      const ids = remoteIds(await destination.push(batch));
      const endings = batch.slice(0, 2).map((record, place) => withdrawn(record, ids[place] ?? null));

      const first = await destination.withdraw(endings);
      const again = await destination.withdraw(endings);

      expect([...statuses(first), ...statuses(again)]).toEqual(Array.from({ length: 4 }, () => "accepted"));
      expect(await harness.storedValues()).toEqual(values(batch.slice(2)));
    });

    it("ends a record whose receipt was lost", async () => {
      const [record] = records(1);
      if (!record) throw new Error("No record.");
      await destination.push([record]);

      expect(statuses(await destination.withdraw([withdrawn(record, null)]))).toEqual(["accepted"]);
      expect(await harness.storedValues()).toEqual([]);
    });

    it("takes a record back after it was ended", async () => {
      const [record] = records(1);
      if (!record) throw new Error("No record.");
      const [remoteId = null] = remoteIds(await destination.push([record]));
      await destination.withdraw([withdrawn(record, remoteId)]);

      const later = { ...record, modifiedAt: new Date(Date.now() + 1000) };
      expect(statuses(await destination.push([later]))).toEqual(["accepted"]);
      expect(await harness.storedValues()).toEqual([record.value]);
    });

    it("shows what it holds of ours, as it was sent", async () => {
      const batch = records(7);
      const ids = remoteIds(await destination.push(batch));

      const listed = (await listAll(destination)).filter(({ isOurs }) => isOurs);

      const shown = listed.map(({ value, type, remoteId, externalId, title }) => ({
        value,
        type,
        remoteId,
        externalId,
        title,
      }));
      expect(shown.toSorted(byValue)).toEqual(
        batch
          .map(({ value, type, externalId, title }, place) => ({
            value,
            type,
            remoteId: ids[place],
            externalId,
            title,
          }))
          .toSorted(byValue),
      );
    });

    it("says how long a busy service asked to wait, and stores all when asked again", async () => {
      await harness.breakNext("throttled");

      const failure = await failureOf(destination.push(records(3)));

      expect(failure).toMatchObject({
        code: "upstream_unavailable",
        retry: "later",
        context: { retryAfterMs: 2000 },
      });
      expect(statuses(await destination.push(records(3)))).toEqual(["accepted", "accepted", "accepted"]);
    });

    it("gets itself a new token when the service no longer takes the old one", async () => {
      await destination.push(records(1));
      await harness.breakNext("unauthorized");

      expect(statuses(await destination.push(records(3)))).toEqual(["accepted", "accepted", "accepted"]);
    });

    it.each(["gateway-page", "reset"] as const)("calls a %s temporary", async (answer) => {
      await harness.breakNext(answer);

      expect(await failureOf(destination.push(records(3)))).toMatchObject({ retry: "later" });
      expect(statuses(await destination.push(records(3)))).toEqual(["accepted", "accepted", "accepted"]);
      expect(await harness.storedValues()).toEqual(values(records(3)));
    });

    it.each(["throttled", "gateway-page", "truncated"] as const)(
      "never shows a part for the whole: %s",
      async (answer) => {
        await destination.push(records(3));
        await harness.breakNext(answer);

        expect(await failureOf(listAll(destination))).toMatchObject({ retry: "later" });
      },
    );

    it("lets no write out of a dry run, and may still read", async () => {
      await destination.push(records(2));
      const writes = await harness.countWrites();
      const dry = harness.open({ isDryRun: true });

      await expect(dry.push(records(3))).rejects.toThrow("Dry run");
      await expect(dry.withdraw(records(2).map((record) => withdrawn(record, "1")))).rejects.toThrow(
        "Dry run",
      );
      await listAll(dry);
      await dry.test();

      expect(await harness.countWrites()).toBe(writes);
    });

    it("tests itself without changing anything", async () => {
      const checks = await destination.test();

      expect(checks.map(({ name: checkName, ok, fix }) => ({ checkName, ok, fix }))).toEqual(
        harness.checkNames.map((checkName) => ({ checkName, ok: true, fix: "" })),
      );
      expect(await harness.storedValues()).toEqual([]);
    });

    it.each([
      [
        "a wrong secret",
        { credential: { kind: "secret", secret: "canary~wrong" } },
        "Value, not its Secret ID",
      ],
      [
        "an unknown application",
        { clientId: "a0000001-1a1a-4b2b-8c3c-0000000000ff" },
        "Application (client) ID",
      ],
      ["an unknown tenant", { tenantId: "7e0000ff-0a1b-4c2d-8e3f-0000000000ff" }, "tenant"],
    ] as const)("says what to do about %s, and tries nothing further", async (_what, change, words) => {
      const [first, ...others] = await harness.open(change).test();

      expect(first).toMatchObject({
        name: "Token",
        ok: false,
        fix: expect.stringContaining(words) as unknown,
      });
      expect(others.length).toBeGreaterThan(1);
      for (const { ok, detail } of others) {
        expect(ok).toBe(false);
        expect(detail).toContain("Not tried");
      }
    });

    it("never repeats a secret in a check or a failure", async () => {
      const wrong = harness.open({ credential: { kind: "secret", secret: "canary~wrong" } });
      const failure = await failureOf(wrong.push(records(1)));

      const said = JSON.stringify([await wrong.test(), failure.message, failure.stack, failure.context]);
      expect(said).not.toContain("canary");
    });
  });
};

const records = (count: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, index) => outgoing(index));
const values = (batch: readonly OutgoingRecord[]): string[] => batch.map(({ value }) => value).toSorted();
const statuses = (receipts: readonly Receipt[]): string[] => receipts.map(({ outcome }) => outcome.status);
const remoteIds = (receipts: readonly Receipt[]): (string | null)[] =>
  receipts.map(({ outcome }) => (outcome.status === "accepted" ? outcome.remoteId : null));
const byValue = (one: { value: string }, other: { value: string }): number =>
  one.value < other.value ? -1 : 1;

const listAll = async (destination: Destination): Promise<RemoteRecord[]> => {
  const all: RemoteRecord[] = [];
  for await (const page of destination.list()) all.push(...page);
  return all;
};

const failureOf = async (work: Promise<unknown>): Promise<AppError> => {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof AppError) return failure;
  throw new Error(`An AppError was expected, not ${String(failure)}.`);
};
