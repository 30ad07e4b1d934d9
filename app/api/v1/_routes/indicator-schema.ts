import { z } from "zod";

import { timeSchema } from "@/lib/api/schemas";
import { selectionSchema } from "@/lib/domain/connector/selection-input";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { INDICATOR_STATES } from "@/lib/domain/indicator/lifecycle";
import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";
import { EFFECTS } from "@/lib/domain/screening/allowlist";
import { TRACE_EVENT_KINDS } from "@/lib/services/indicators/trace-timeline";

export const typeSchema = z.enum(INDICATOR_TYPES);
const tlpSchema = z.enum(TLPS);
const stateSchema = z.enum(INDICATOR_STATES);
const namedSchema = z.object({ id: z.uuid(), name: z.string() });
const runReferenceSchema = z.object({ id: z.uuid(), number: z.number(), at: timeSchema });

export const indicatorSchema = z.object({
  id: z.uuid(),
  type: typeSchema,
  value: z.string(),
  team: z.string(),
  state: stateSchema,
  confidence: z.number(),
  tlp: tlpSchema,
  tags: z.array(z.string()),
  feeds: z.array(namedSchema),
  firstSeen: timeSchema,
  lastSeen: timeSchema,
  validUntil: timeSchema.nullable(),
  addedAt: timeSchema,
  addedBy: z.string().nullable().meta({ description: "Null where only feeds have it." }),
  comment: z.string(),
  teams: z.array(z.string()).meta({ description: "Which of your teams have it, by name." }),
  destinations: z.array(
    z.object({
      connectorId: z.uuid(),
      connector: z.string(),
      state: z.string(),
      addresses: z.object({ of: z.number(), standing: z.number() }).nullable().meta({
        description:
          "Of a network that goes there as its addresses: how many of these stand; `state` is then that of most of them.",
      }),
    }),
  ),
});

const wishSchema = z.object({
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiresAt: timeSchema,
});
const recordSchema = z.object({
  stands: wishSchema.nullable(),
  mine: wishSchema.nullable(),
  others: z.array(wishSchema.extend({ who: z.string() })),
});

export const traceSchema = z.object({
  id: z.uuid(),
  type: typeSchema,
  value: z.string(),
  states: z.array(
    z.object({
      team: z.string(),
      state: stateSchema,
      rule: z.string(),
      reason: z.string(),
      until: timeSchema.nullable(),
    }),
  ),
  attributions: z.array(
    z.object({
      team: z.string(),
      feed: namedSchema.extend({ kind: z.string() }),
      run: runReferenceSchema.nullable(),
      endedBy: runReferenceSchema.nullable(),
      line: z.number(),
      comment: z.string(),
      threatType: z.string(),
      confidence: z.number(),
      tlp: tlpSchema,
      tags: z.array(z.string()),
      addedBy: z.string().nullable(),
      marks: z
        .array(z.string())
        .meta({ description: "What was done to its spelling beyond writing it the canonical way." }),
      port: z.number().nullable(),
      origin: z
        .object({
          event: z.string().nullable(),
          info: z.string().nullable(),
          org: z.string().nullable(),
          id: z.string().nullable(),
        })
        .nullable()
        .meta({ description: "What the value is part of at the source, and its own id there." }),
      firstSeen: timeSchema,
      lastSeen: timeSchema,
      absentSince: timeSchema.nullable(),
      validUntil: timeSchema.nullable(),
    }),
  ),
  screening: z.object({ list: z.string(), reason: z.string() }).nullable(),
  allowlists: z
    .array(
      z.object({
        team: z.string(),
        list: z.string(),
        name: z.string(),
        effect: z.enum(EFFECTS),
        reason: z.string(),
      }),
    )
    .meta({ description: "Every allowlist that it is on, by team, the strictest first." }),
  receipts: z.array(
    z.object({
      connectorId: z.uuid(),
      connector: z.string(),
      kind: z.string(),
      team: z.string(),
      state: z.string(),
      remoteId: z.string().nullable(),
      stixId: z.string().nullable(),
      pushId: z.uuid().nullable(),
      drift: z.string().nullable(),
      sentAt: timeSchema.nullable(),
      acceptedAt: timeSchema.nullable(),
      visibleAt: timeSchema.nullable(),
      goneAt: timeSchema.nullable(),
      expiresAt: timeSchema.nullable(),
      reason: z.string().nullable(),
      record: recordSchema.nullable().meta({
        description: "What stands there, how this connector wants it, and who else claims it and how.",
      }),
    }),
  ),
  adopted: z
    .array(
      z.object({
        ...{ connectorId: z.uuid(), connector: z.string(), team: z.string(), by: z.string() },
        action: z.enum(ACTIONS).nullable(),
        severity: z.enum(SEVERITIES).nullable(),
      }),
    )
    .meta({
      description:
        "Where it stands by somebody else's hand, and was adopted; no push has made it the team's yet.",
    }),
  holds: z
    .array(
      z.object({
        ...{ id: z.uuid(), team: z.string(), subject: z.string(), reason: z.string(), by: z.string() },
        at: timeSchema,
        isAll: z.boolean().meta({ description: "No source of the team is left that may still be sent." }),
      }),
    )
    .meta({ description: "What a person holds back that it is part of." }),
  addresses: z
    .array(
      z.object({
        connectorId: z.uuid(),
        connector: z.string(),
        team: z.string(),
        addresses: z.number(),
        standing: z.number(),
        waiting: z.number(),
        failed: z.number(),
        out: z.array(z.object({ code: z.string().nullable(), count: z.number() })),
      }),
    )
    .meta({
      description:
        "Of a network that goes to a destination as its addresses: how many of these stand there, wait or were refused, and why others stay out.",
    }),
  networks: z.array(z.object({ id: z.uuid(), value: z.string(), team: z.string() })).meta({
    description:
      "The networks as an address of which it went out. What no source names itself has neither states nor attributions.",
  }),
  decisions: z
    .array(
      z.object({
        connectorId: z.uuid(),
        connector: z.string(),
        kind: z.string(),
        team: z.string(),
        isEnabled: z.boolean(),
        policy: selectionSchema,
        policyNow: z
          .object({
            action: z.enum(ACTIONS).nullable(),
            severity: z.enum(SEVERITIES).nullable(),
            expiresAt: timeSchema.nullable(),
            by: z.string(),
          })
          .nullable()
          .meta({
            description:
              "What the policy makes of it now, and what gave the action: a rule, a person, a list. Without an action it would stay out, and `by` says why.",
          }),
        plan: z.object({ id: z.uuid(), at: timeSchema, state: z.string() }).nullable(),
        outcome: z.enum(["add", "change", "remove", "blocked", "kept", "unnamed"]).nullable(),
        code: z.string().nullable(),
        reason: z.string().nullable(),
        action: z.string().nullable(),
        severity: z.string().nullable(),
        expiresAt: timeSchema.nullable(),
        push: z
          .object({
            id: z.uuid(),
            operation: z.string(),
            state: z.string(),
            reason: z.string().nullable(),
            at: timeSchema.nullable(),
          })
          .nullable(),
      }),
    )
    .meta({
      description:
        "What each connector’s newest plan says of it, with the policy and the newest push that held it. `unnamed`: the plan does not name it, as when it came later.",
    }),
  timeline: z.array(
    z.object({
      at: timeSchema,
      team: z.string().nullable(),
      kind: z.enum(TRACE_EVENT_KINDS),
      what: z.string(),
    }),
  ),
  timelineCursor: z
    .string()
    .nullable()
    .meta({ description: "Give it as `timelineCursor` for what happened before." }),
});
