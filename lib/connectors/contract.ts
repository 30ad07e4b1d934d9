import type { Action, Severity } from "@/lib/domain/connector/actions";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { Subject } from "@/lib/domain/delivery/prevalence";
import type { RefusalCode } from "@/lib/domain/delivery/refusal";
import type { IndicatorType, Tlp } from "@/lib/domain/indicator/types";

/** One indicator as it is to stand at a destination. Its texts hold only what the connector's TLP ceiling lets out. */
export type OutgoingRecord = {
  indicatorId: string;
  type: IndicatorType;
  /** Canonical, live. */
  value: string;
  action: Action;
  severity: Severity;
  title: string;
  description: string;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  /** Display names; what a colleague reads in Microsoft's portal. */
  teams: readonly string[];
  feeds: readonly string[];
  threatTypes: readonly string[];
  validFrom: Date;
  validUntil: Date;
  createdAt: Date;
  modifiedAt: Date;
  /** Our correlation id; Defender gives it back in its list. */
  externalId: string;
  /** `indicator--` and a UUID. */
  stixId: string;
  /** The trace page of this indicator in our console. */
  traceUrl: string;
  deviceGroups: readonly string[];
  generateAlert: boolean;
  /** `identity--` and the installation's UUID. */
  createdByRef: string;
};

/** What people read of a record. */
export type RecordTexts = Pick<
  OutgoingRecord,
  "title" | "description" | "confidence" | "tlp" | "tags" | "teams" | "feeds" | "threatTypes" | "traceUrl"
>;

/** A record that is to end. */
export type WithdrawnRecord = Pick<
  OutgoingRecord,
  | "indicatorId"
  | "type"
  | "value"
  | "externalId"
  | "stixId"
  | "createdByRef"
  | "createdAt"
  | "modifiedAt"
  | "validFrom"
  /** Part of what the record is at Defender: under others there may stand another one of the same value. */
  | "deviceGroups"
> & {
  /** The destination's own id as last received; null when it never told. */
  remoteId: string | null;
  /** Never in the future: until then it would go on to match. `modifiedAt` may be, where what stands there says so. */
  endedAt: Date;
  /** How many removals of it were accepted and did nothing: each of the next ones takes another way. */
  attempt: number;
  /** What is still to be readable of it; null leaves the closing entry bare (its TLP no longer lets it out). */
  texts: RecordTexts | null;
};

/** Who makes the records, as they name it in `createdByRef`. */
export type Author = {
  /** `identity--` and the installation's UUID. */
  ref: string;
  name: string;
  /** Of the console. */
  url: string;
  createdAt: Date;
  modifiedAt: Date;
};

/** The fill of a destination, as far as its refusal tells. */
export type KnownCapacity = { total: number; limit: number };

/** Who made a record: an application's id, a person's name or a source system, and how the destination shows whoever it is. */
export type Maker = { id: string; name: string | null };

/**
 * What became of one record, by the answer's own per-item result. A deferred one was not judged and may be sent again; `isThrottled`:
 * because the service asked to be asked less often.
 */
export type ItemOutcome =
  /** `maker`: who made the record that stands, where the answer tells. */
  | { status: "accepted"; remoteId: string | null; maker?: Maker | undefined }
  | { status: "rejected"; reason: string; code: RefusalCode; capacity: KnownCapacity | null }
  | { status: "deferred"; reason: string; retryAfterMs: number | null; isThrottled?: boolean };

export type Receipt = { indicatorId: string; outcome: ItemOutcome };

/** A record as the destination shows it. */
export type RemoteRecord = {
  remoteId: string;
  /** Null for a kind that is none of ours, such as Defender's `WebCategory`. */
  type: IndicatorType | null;
  /** Canonical where the type is known, else as received. */
  value: string;
  /** Null at Sentinel, which knows none, and for names that are none of ours. */
  action: Action | null;
  severity: Severity | null;
  title: string | null;
  description: string | null;
  externalId: string | null;
  stixId: string | null;
  /** Who made it: an application's id, a person's name, a source system. */
  createdBy: string | null;
  /** How the destination shows whoever made it; null where it does not. */
  createdByName: string | null;
  /** True when this very application (Defender) or source system (Sentinel) made it; others are only counted. */
  isOurs: boolean;
  /** None: all devices. Null where the destination knows none, or does not tell. */
  deviceGroups: readonly string[] | null;
  /** Whether a match raises an alert; null where the destination does not tell. */
  raisesAlert: boolean | null;
  /** What it matches, in one spelling, where the destination lets that be changed; null elsewhere. */
  pattern: string | null;
  /** How it is labelled at Sentinel; empty elsewhere. */
  labels: readonly string[];
  /** How it is marked, the stricter where that stands for two of ours; null where the destination knows no marking, or it has none. */
  tlp: Tlp | null;
  /** Whether it was told that it has no marking, where it has none. */
  tellsMarking: boolean;
  expiresAt: Date | null;
  madeAt: Date | null;
  updatedAt: Date | null;
  /** Who changed it last, as far as the destination tells. */
  updatedBy: string | null;
  /** When the destination last put it where rules read it; null where it does not tell. */
  publishedAt: Date | null;
  isRevoked: boolean;
};

/** A value that might be sent. */
export type Candidate = { type: IndicatorType; value: string };

/** Stable codes, shown in plans and counted by them. */
export type UnsupportedCode =
  | "network_unsupported"
  | "email_unsupported"
  | "sha512_unsupported"
  | "md5_unsupported"
  | "address_not_external"
  | "underscore_domain"
  | "onion_name"
  | "scheme_unsupported"
  | "value_too_long"
  | "action_unsupported";

export type Unsupported = { code: UnsupportedCode; message: string };

export type UnsupportedOptions = {
  /** What the connector would ask for; left out, only type and value are judged. */
  action?: Action;
  /** Whether this Defender tenant takes MD5, on which Microsoft's own pages disagree; null or left out: nobody tried. */
  acceptsMd5?: boolean | null;
  /** A network of at most so many addresses is sent as these; left out: none is. */
  expandNetworksUpTo?: number;
};

/** One step of a connection test. `fix` says what to do; empty when there is nothing to do. */
export type Check = { name: string; ok: boolean; detail: string; fix: string };

/** What a request counts against; each has its own limit for a destination, tenant and application. */
export type Operation =
  | "defender.import"
  | "defender.submit"
  | "defender.list"
  | "defender.delete"
  | "defender.batchDelete"
  | "defender.statistics"
  | "defender.deviceGroups"
  | "sentinel.upload"
  | "sentinel.query";

/**
 * What a destination says of how widely something is seen. `known`: on so many devices. `not-permitted`: the application lacks that
 * permission, which no other question of the kind has to find out. `unknown`: it was asked and does not tell.
 */
export type PrevalenceAnswer =
  | { status: "known"; devices: number; lastSeen: Date | null }
  | { status: "not-permitted"; permission: string }
  | { status: "unknown"; reason: string };

/** Resolves when one request of this operation may leave; called before every request to a vendor. */
export type Pace = (operation: Operation, signal: AbortSignal | undefined) => Promise<void>;

/**
 * Told, before only a part of a batch goes, which go next, and which of a refused request are for certain not there (`unsent`);
 * by their `indicatorId`.
 */
export type OnSplit = (split: { unsent: readonly string[]; next: readonly string[] }) => Promise<void>;

/** `max`: so many at a time, and no more than its rate carries. */
export type Singly = Pick<Destination, "push" | "withdraw"> & { max: number };

export type Destination = {
  kind: ConnectorKind;
  /** `requestsAtOnce`: so many may be under way one beside the other. */
  limits: { maxPerPush: number; maxPerWithdraw: number; requestsAtOnce: number };
  /** `application`: a record can be changed only by the application that made it. `shared`: by any that may write. */
  ownership: "application" | "shared";
  /** False when nothing can be read back, so that receipts end at `accepted` and `list` throws. */
  isReadable: boolean;
  /**
   * Whether `list` shows what other makers put there, by the rights in the application's token; null where the token does not
   * tell. Throws as `list` does when there is no token.
   */
  seesOthers: (signal?: AbortSignal) => Promise<boolean | null>;
  /**
   * Creates or updates records. One receipt for each, in order. Throws an AppError only when the request as a whole failed
   * before any record was judged; `context.retryAfterMs` holds a wait that the service asked for.
   */
  push: (batch: readonly OutgoingRecord[], signal?: AbortSignal, onSplit?: OnSplit) => Promise<Receipt[]>;
  /** Ends records, under the same rules as `push`. A record that is gone already counts as accepted. */
  withdraw: (
    batch: readonly WithdrawnRecord[],
    signal?: AbortSignal,
    onSplit?: OnSplit,
  ) => Promise<Receipt[]>;
  /**
   * What time it is there, by which ends what was withdrawn by letting it expire; null where what is withdrawn has ended as it leaves.
   * Throws as `list` does when there is no token.
   */
  theirNow: ((signal?: AbortSignal) => Promise<Date>) | null;
  /** How records leave of which so many removals were accepted and did nothing: by what request, and how many at a time. */
  removalBy: (attempt: number) => { operation: Operation; max: number };
  /**
   * The same by one request for each record, which have rates of their own: a few need not wait for room among batches. Null
   * where there are no such requests.
   */
  singly: Singly | null;
  /** Puts there who makes the records; null where they name nobody. Throws an AppError when it was not taken. */
  introduce: ((author: Author, signal?: AbortSignal) => Promise<void>) | null;
  /** All records that the application can see, page by page. Throws rather than end early: a short list must never pass for a whole one. */
  list: (signal?: AbortSignal) => AsyncIterable<readonly RemoteRecord[]>;
  /**
   * On how many devices something was seen; null where the destination keeps no such figure. Throws as `list` does when nothing
   * was answered.
   */
  prevalence: ((subject: Subject, signal?: AbortSignal) => Promise<PrevalenceAnswer>) | null;
  /**
   * Looks for records of our own by their ids, also those that ended or were revoked, which `list` leaves out. Null where `list` is
   * all there is.
   */
  find: ((remoteIds: readonly string[], signal?: AbortSignal) => Promise<readonly RemoteRecord[]>) | null;
  /**
   * Tries out token, rights, reading and writing without changing anything, and whether the destination knows these device groups, where
   * it may be asked. Never throws for what a check can say.
   */
  test: (signal?: AbortSignal, deviceGroups?: readonly string[]) => Promise<Check[]>;
};
