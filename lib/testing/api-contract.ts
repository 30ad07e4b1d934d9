import { z } from "zod";

// What programs may rely on, written down a second time and by itself: the routes' own schemas would change along with the
// routes, and then nobody would notice that a field was renamed. More fields may come; these stay.

const time = z.iso.datetime();
const count = z.int().min(0);
const counts = <const Name extends string>(...names: Name[]) => z.record(z.enum(names), count);

const type = z.literal([
  ...(["ipv4", "ipv6", "ipv4-cidr", "ipv6-cidr", "domain", "url", "email"] as const),
  ...(["md5", "sha1", "sha256", "sha512", "cert-sha1"] as const),
]);
const tlp = z.enum(["clear", "green", "amber", "amber+strict", "red"]);
const state = z.enum(["active", "expired", "withdrawn", "recalled", "allowlisted"]);

/** Of every list. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ data: z.array(item), nextCursor: z.string().nullable() });

/** Of every object that is made, and of the answer to work that was queued. */
export const made = z.object({ id: z.uuid() });

export const team = z.object({ slug: z.string(), name: z.string() });

export const preview = z.object({
  previewId: z.uuid(),
  counts: z.object({ lines: count, values: count, indicators: count, rejected: count }),
  rows: z.array(
    z.object({
      line: count,
      raw: z.string(),
      indicators: z.array(z.object({ type, value: z.string() })),
      rejected: z.array(z.object({ reason: z.string().min(1) })),
    }),
  ),
});

const column = z.union([z.int(), z.string()]);
export const feed = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(["csv", "freetext", "json", "misp-feed", "misp-server", "taxii", "upload", "local"]),
  url: z.string().nullable(),
  enabled: z.boolean(),
  everyMinutes: z.int().nullable(),
  visibility: z.enum(["team", "everyone"]),
  headers: z.record(z.string(), z.literal("•••")),
  auth: z.strictObject({ type: z.string() }),
  csv: z.object({
    delimiter: z.string(),
    valueColumns: z.array(column),
    header: z.boolean(),
    commentPrefixes: z.array(z.string()),
    encoding: z.string(),
    columns: z.record(z.string(), column),
  }),
  exclusionRegex: z.string().nullable(),
  removal: z.enum(["mirror", "expire", "keep"]),
  expiryDays: z.int().nullable(),
  confidence: z.int(),
  tlp,
  tags: z.array(z.string()),
  shrinkLimitPercent: z.int(),
});

const OUTCOMES = [
  "added",
  "changed",
  "unchanged",
  "duplicate",
  "excluded",
  "allowlisted",
  "rejected",
] as const;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export const run = z
  .object({
    id: z.uuid(),
    feedId: z.uuid(),
    state: z.literal([
      ...(["queued", "running", "succeeded", "unchanged", "held", "failed"] as const),
      ...(["discarded", "rolled-back"] as const),
    ]),
    extent: z.enum(["full", "delta"]),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    counts: counts("lines", "values", ...OUTCOMES, "removed", "active"),
    rejectedByReason: z.record(z.string(), count),
    error: z.object({ message: z.string() }).nullable(),
  })
  .refine(({ counts: of }) => of.values === sum(OUTCOMES.map((outcome) => of[outcome])), "Values add up.")
  .refine(
    ({ counts: of, rejectedByReason }) => of.rejected === sum(Object.values(rejectedByReason)),
    "Every rejected value has its reason.",
  );

export const rejection = z.object({ line: count, raw: z.string(), reason: z.string().min(1) });

export const parsed = z.object({
  indicators: z.array(z.object({ type, value: z.string(), line: count, original: z.string() })),
  rejected: z.array(z.object({ line: count, original: z.string(), reason: z.string().min(1) })),
});

export const added = z.object({
  data: z.array(
    z.object({
      id: z.uuid().nullable(),
      type: type.nullable(),
      value: z.string(),
      outcome: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});

/** What waits for a second person. */
export const proposed = z.object({ proposal: z.object({ id: z.uuid(), state: z.literal("open") }) });

export const indicator = z.object({ id: z.uuid(), type, value: z.string(), team: z.string(), state, tlp });

export const trace = z.object({
  id: z.uuid(),
  attributions: z.array(
    z.object({
      team: z.string(),
      feed: z.object({ id: z.uuid(), name: z.string() }),
      run: z.object({ id: z.uuid() }).nullable(),
      line: count,
      firstSeen: time,
      lastSeen: time,
      comment: z.string(),
    }),
  ),
  screening: z.unknown(),
  receipts: z.array(z.object({ connectorId: z.uuid(), state: z.string(), remoteId: z.string().nullable() })),
  timeline: z.array(z.object({ at: time, what: z.string() })),
});

export const connector = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  kind: z.enum(["defender", "sentinel"]),
  cloud: z.enum(["public", "gcc", "gcc-high", "china", "sandbox"]),
  tenantId: z.uuid(),
  clientId: z.uuid(),
  workspaceId: z.uuid().nullable(),
  subscriptionId: z.uuid().nullable(),
  resourceGroup: z.string().nullable(),
  workspaceName: z.string().nullable(),
  deviceGroups: z.array(z.string()),
  action: z.string(),
  severity: z.string(),
  expiryDays: z.int().nullable(),
  selection: z.object({
    feeds: z.array(z.uuid()).nullable(),
    types: z.array(type).nullable(),
    minConfidence: z.int(),
    maxTlp: tlp,
  }),
  mode: z.enum(["review", "automatic"]),
});

export const test = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string() })),
});

export const plan = z
  .object({
    id: z.uuid(),
    hash: z.string().min(32),
    counts: counts("add", "change", "remove", "keep", "blocked"),
    blockedByReason: z.record(z.string(), count),
  })
  .refine(
    ({ counts: of, blockedByReason }) => of.blocked === sum(Object.values(blockedByReason)),
    "Every candidate that stays out has its reason.",
  );

export const planItem = z.object({
  indicatorId: z.uuid(),
  value: z.string(),
  operation: z.string(),
  reason: z.string().min(1),
});

export const push = z.object({
  id: z.uuid(),
  state: z.enum(["queued", "running", "done", "stopped"]),
  counts: counts("planned", "accepted", "failed", "removed", "skipped"),
  failures: z.array(z.object({ indicatorId: z.uuid(), reason: z.string() })),
});

export const receipt = z.object({
  indicatorId: z.uuid(),
  state: z.enum(["pending", "accepted", "visible", "failed", "withdrawing", "gone", "skipped"]),
  remoteId: z.string().nullable(),
  sentAt: time.nullable(),
  acceptedAt: time.nullable(),
  visibleAt: time.nullable(),
  expiresAt: time.nullable(),
  reason: z.string().nullable(),
});

const fill = count.nullable();
export const capacity = z.strictObject({
  limit: fill,
  ours: fill,
  otherTeams: fill,
  foreign: fill,
  free: fill,
  headroom: fill,
  isUnread: z.boolean(),
});

/** RFC 9457. */
export const problem = z.object({
  type: z.string().startsWith("urn:sluice:problem:"),
  title: z.string(),
  status: z.int(),
  detail: z.string().min(1),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
