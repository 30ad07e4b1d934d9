import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";

import type { Application, Applications } from "./applications";
import { compareAtOnce, hashSentTexts, openTouched } from "./edited-unseen";
import { createSecondLook, type LookAgain } from "./look-again";
import { forgetFill } from "./note-fill";
import { noteTenant } from "./note-tenant";
import {
  findAwaited,
  isAsSent,
  isHolding,
  listAwaitedIds,
  markGone,
  markVisible,
  readAwaited,
  readWithdrawn,
  toShown,
  type Awaited,
  type SeenRecord,
  type WithdrawnStretch,
} from "./read-back";

export type Reading = {
  visible: number;
  gone: number;
  /** Accepted or withdrawn, but not seen so yet: destinations show changes late. */
  unconfirmed: number;
  /** Why an application could not read; null when all could. */
  problem: string | null;
  /** Whether the connector's own application read all there is. */
  isRead: boolean;
  /** Why the connector's own application could not read. */
  failure: AppError | null;
};

/**
 * Reads a connector's destination once, by the applications whose records it waits for: what stands there as sent becomes visible,
 * what was withdrawn and is not shown any more is gone. Notes what the fill of the destination is.
 */
export const readDestination = async (
  connectorId: string,
  applications: Applications,
  signal: AbortSignal,
  { watch, tenant = null, lookAgain = createSecondLook(signal) }: Options = {},
): Promise<Reading> => {
  const awaited = await bulkAsSystem("delivery", (client) => readAwaited(client, connectorId));
  const startedAt = tenant?.since ?? awaited.startedAt;
  const found: Found = { startedAt, visible: 0, touched: 0, standing: new Set(), askedFor: [], listedBy: [] };
  let problem: string | null = null;
  let isWholeSeen = true;
  let isRead = false;
  for (const ownerId of awaited.ownerIds) {
    try {
      const application = await applications(ownerId);
      const isOwn = ownerId === connectorId;
      const isWatched = isOwn && watch !== undefined;
      const isAwaited = awaited.accepted + awaited.withdrawn > 0;
      const isNeeded = application.access.kind === "defender" || isAwaited || isWatched;
      if (!application.destination.isReadable || !isNeeded) continue;
      const looked = isWatched ? null : await askForAwaited(application, connectorId, awaited, signal);
      if (looked) await see(application, connectorId, { page: looked.records, found }, signal);
      if (!looked?.isAnswered)
        await readAll(application, connectorId, { found, watch: isOwn ? watch : undefined, tenant }, signal);
      if (looked === null && awaited.enderIds.includes(ownerId)) found.listedBy.push(application);
      if (isOwn) {
        found.askedFor = looked?.isAnswered ? looked.askedFor : null;
        isRead = true;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Whoever cannot read leaves its receipts at "accepted"; the others are read all the same.
      problem = error.message;
      if (awaited.enderIds.includes(ownerId)) isWholeSeen = false;
      if (ownerId === connectorId) {
        const unconfirmed = awaited.accepted + awaited.withdrawn;
        return { ...NOTHING, unconfirmed, problem, failure: error };
      }
    }
  }
  if (found.touched > 0 && watch === undefined)
    await bulkAsSystem("delivery", (client) => compareAtOnce(client, connectorId));
  const own = await applications(connectorId);
  if (!own.destination.isReadable) return NOTHING;
  const concluded = isWholeSeen
    ? await concludeWithdrawn(connectorId, found, lookAgain, signal)
    : NOTHING_CONCLUDED;
  const { accepted, withdrawn } = await bulkAsSystem("delivery", (client) =>
    readAwaited(client, connectorId),
  );
  const unconfirmed = accepted + (concluded.standing ?? withdrawn);
  problem ??= concluded.problem;
  return { visible: found.visible, gone: concluded.gone, unconfirmed, problem, isRead, failure: null };
};

type Options = {
  /** Is given each page that the connector's own application is shown, which then reads in any case. */
  watch?: Watch;
  tenant?: Tenant | null;
  /** The caller's own, where it looks again at something else as well. */
  lookAgain?: LookAgain;
};

type Watch = (page: readonly RemoteRecord[]) => Promise<void>;

/** All of a Defender tenant, by remote ids, as somebody else was shown it just now: nobody has to be shown it again. */
type Tenant = {
  shown: ReadonlyMap<string, RemoteRecord>;
  /** By the database's clock, before it was begun to be read: what was accepted later may not be in it, or as it stood before. */
  since: Date;
};

/** What was come upon of that which is awaited. */
type Found = {
  startedAt: Date;
  visible: number;
  /** Of these, how many somebody wrote there since they were accepted. */
  touched: number;
  /** Remote ids of what was withdrawn and still stands. */
  standing: Set<string>;
  /** Remote ids of all that was looked for, none where nothing was read; null: the whole list was. */
  askedFor: readonly string[] | null;
  /** Whose list alone told what is not there. */
  listedBy: Application[];
};

const NOTHING: Reading = { visible: 0, gone: 0, unconfirmed: 0, problem: null, isRead: false, failure: null };

/**
 * Asks for what is awaited alone, where that is little and the destination can be asked: a whole workspace takes many minutes to read.
 * Null where only its list tells; not answered, where its list has to tell, too.
 */
const askForAwaited = async (
  { destination, pacer }: Application,
  connectorId: string,
  { accepted, withdrawn }: Awaited,
  signal: AbortSignal,
): Promise<Looked | null> => {
  if (destination.find === null || accepted + withdrawn > MOST_ASKED_FOR) return null;
  const ids = await bulkAsSystem("delivery", (client) => listAwaitedIds(client, connectorId));
  const askedFor = [...ids.accepted, ...ids.withdrawn];
  const records = await destination.find(askedFor, signal);
  await pacer.settle();
  const shown = new Set(records.map(({ remoteId }) => remoteId));
  // What was withdrawn is shown as ended. That no word came of it does not tell that it is gone.
  return { records, askedFor, isAnswered: ids.withdrawn.every((id) => shown.has(id)) };
};

type Looked = { records: readonly RemoteRecord[]; askedFor: readonly string[]; isAnswered: boolean };

/** Twenty requests; from then on a list is soon the shorter way. */
const MOST_ASKED_FOR = 2_000;

type Seeing = { page: readonly RemoteRecord[]; found: Found };

const see = async (
  { access, destination }: Application,
  connectorId: string,
  { page, found }: Seeing,
  signal: AbortSignal,
): Promise<void> => {
  const there = (await destination.theirNow?.(signal)) ?? null;
  const { visible, touched } = await bulkAsSystem("delivery", (client) =>
    markPage(client, { ...access, connectorId }, { page, found, there }),
  );
  found.visible += visible;
  found.touched += touched;
};

/** Goes through all that one application sees, and marks what the connector waited for and stands there as sent. */
const readAll = async (
  application: Application,
  connectorId: string,
  { found, watch, tenant }: { found: Found; watch: Watch | undefined; tenant: Tenant | null },
  signal: AbortSignal,
): Promise<void> => {
  const { destination, pacer, access } = application;
  const hasLimit = access.kind === "defender";
  // By the rights alone: a tenant without others' records looks the same to an application that may not see them.
  const seesOthers = hasLimit ? await destination.seesOthers(signal) : null;
  if (seesOthers === false) await forgetFill(application);
  if (hasLimit && tenant) {
    // Its token was just taken: what it may not do any more would have shown.
    const page = [...tenant.shown.values()].map((record) => asShownTo(record, access.clientId));
    await see(application, connectorId, { page, found }, signal);
    return watch?.(page);
  }
  const shown = new Map<string, RemoteRecord>();
  for await (const page of destination.list(signal)) {
    if (hasLimit) for (const record of page) shown.set(record.remoteId, record);
    // In this order: what was changed before it was ever seen is seen as sent first.
    await see(application, connectorId, { page, found }, signal);
    await watch?.(page);
  }
  await pacer.settle();
  if (hasLimit) await noteTenant(application, shown, seesOthers);
};

/** A record as the application would be shown it: whether it is its own is its own affair. */
const asShownTo = (record: RemoteRecord, clientId: string): RemoteRecord => ({
  ...record,
  isOurs: record.createdBy?.toLowerCase() === clientId.toLowerCase(),
});

/** What was let expire holds for as long as that clock says which is behind: ours or, where it is known, theirs. */
const earlierOf = (now: Date, there: Date | null): Date => (there !== null && there < now ? there : now);

type Place = Pick<Application["access"], "destinationId" | "kind"> & { connectorId: string };

/** Marks what of a page was awaited; gives how much of it is visible now, and how much of that was changed there meanwhile. */
const markPage = async (
  client: PoolClient,
  { connectorId, ...place }: Place,
  { page, found: { startedAt, standing }, there }: Seeing & { there: Date | null },
): Promise<{ visible: number; touched: number }> => {
  // By the same clock as the end that was sent: what ended by that would stand for a worker that is behind, and be revoked at last.
  const now = await readClock(client);
  const endedBy = earlierOf(now, there);
  const remoteIds = page.map(({ remoteId }) => remoteId);
  const awaited = await findAwaited(client, { connectorId, startedAt }, remoteIds);
  const wasTouched = openTouched(client, place, now);
  const visible: SeenRecord[] = [];
  const touched = new Map<string, RemoteRecord>();
  for (const record of page) {
    const { remoteId, updatedAt } = record;
    const sent = awaited.accepted.get(remoteId);
    if (sent) {
      const { recordId } = sent;
      const isShown = isAsSent(record, sent);
      if (await wasTouched(record, { ...sent, isAsSent: isShown })) touched.set(recordId, record);
      else if (isShown) visible.push({ recordId, updatedAt, textHash: toShown(record).textHash });
    } else if (awaited.withdrawn.has(remoteId) && isHolding(record, endedBy)) standing.add(remoteId);
  }
  for (const [recordId, textHash] of await hashSentTexts(client, [...touched.keys()]))
    visible.push({ recordId, textHash, updatedAt: touched.get(recordId)?.updatedAt ?? null });
  return { visible: await markVisible(client, visible, { startedAt, now }), touched: touched.size };
};

/** `standing`: null where it was not looked at to the end. */
type Concluded = { gone: number; standing: number | null; problem: string | null };

const NOTHING_CONCLUDED: Concluded = { gone: 0, standing: null, problem: null };

/** What was withdrawn and was not come upon is gone; where a list alone says so, it is looked at once more before that is believed. */
const concludeWithdrawn = async (
  connectorId: string,
  found: Found,
  lookAgain: LookAgain,
  signal: AbortSignal,
): Promise<Concluded> => {
  const { startedAt, standing, askedFor } = found;
  const counts = { gone: 0, standing: 0 };
  for (let after: string | null = "0"; after !== null;) {
    const stretch = { connectorId, startedAt, askedFor, after };
    const read: WithdrawnStretch = await bulkAsSystem("delivery", (client) => readWithdrawn(client, stretch));
    try {
      await findStanding(read.remoteIds, found, lookAgain, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { gone: counts.gone, standing: null, problem: error.message };
    }
    const marked = await bulkAsSystem("delivery", async (client) =>
      markGone(
        client,
        { connectorId, startedAt, standing, remoteIds: read.remoteIds },
        await readClock(client),
      ),
    );
    counts.gone += marked.gone;
    counts.standing += marked.standing;
    after = read.last;
  }
  return { ...counts, problem: null };
};

/** Looks again for what no list showed; what is there after all stands. */
const findStanding = async (
  remoteIds: readonly string[],
  { standing, listedBy }: Found,
  lookAgain: LookAgain,
  signal: AbortSignal,
): Promise<void> => {
  const unseen = remoteIds.filter((remoteId) => !standing.has(remoteId));
  for (const application of unseen.length > 0 ? listedBy : []) {
    const shown = await lookAgain(application, unseen);
    const there = (await application.destination.theirNow?.(signal)) ?? null;
    const endedBy = earlierOf(await bulkAsSystem("delivery", readClock), there);
    for (const record of shown) if (isHolding(record, endedBy)) standing.add(record.remoteId);
  }
};
