import { z } from "zod";

import { timeSchema } from "@/lib/api/schemas";
import { checksSchema } from "@/lib/domain/checks";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { storedGateSchema } from "@/lib/domain/connector/gate-input";
import { CLOUDS, CONNECTOR_KINDS, CONNECTOR_MODES } from "@/lib/domain/connector/kinds";
import { COMPARISON_STATES, comparisonFoundSchema } from "@/lib/domain/delivery/comparison";
import { DRIFT_MODES } from "@/lib/domain/delivery/drift-choices";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { storedSelectionSchema } from "@/lib/domain/connector/selection-input";
import { planLimitsSchema } from "@/lib/domain/delivery/plan-limits";
import { expiryByTypeSchema } from "@/lib/domain/feed/expiry-settings";

import { credentialSchema } from "./credentials";
import { waitingSinceSchema } from "./pushes";

/** Who switched sending off, when and why. */
export const stopSchema = z.object({ at: timeSchema, by: z.string(), reason: z.string() });

/** Why sending is switched off. */
export const stopBodySchema = z.strictObject({ reason: reasonSchema });

export const connectorSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  kind: z.enum(CONNECTOR_KINDS),
  cloud: z.enum(CLOUDS),
  tenantId: z.string(),
  tenantName: z.string().nullable().meta({ description: "What people call it; an administrator says so." }),
  clientId: z.string(),
  workspaceId: z.string().nullable(),
  subscriptionId: z.string().nullable(),
  resourceGroup: z.string().nullable(),
  workspaceName: z.string().nullable(),
  deviceGroups: z.array(z.string()),
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiryDays: z.number().nullable(),
  expiryByType: expiryByTypeSchema,
  rules: rulesSchema,
  selection: storedSelectionSchema,
  titleTemplate: z.string().nullable(),
  descriptionTemplate: z.string().nullable(),
  mode: z.enum(CONNECTOR_MODES),
  enabled: z.boolean(),
  approval: planLimitsSchema.nullable().meta({
    description: "A plan that is more than this needs the approval of a second person; null: none does.",
  }),
  approvalLoosened: z
    .object({
      by: z.uuid(),
      byName: z.string(),
      at: timeSchema,
      former: planLimitsSchema,
      isInherited: z.boolean(),
    })
    .nullable()
    .meta({
      description:
        "Who raised or removed `approval`, and what held before: for what that one does alone, and for what an automatic connector applies by itself, it goes on to hold until somebody else changes the limits or confirms them (`confirmLimits`). `isInherited`: it is what the team's other connectors to the same destination have, to which that person added this one.",
    }),
  automaticLimits: planLimitsSchema.nullable().meta({
    description:
      "In mode `automatic`, a plan waits for a person that is more than this, counted together with what was applied without one within the last hour; null: every plan is applied, but for one that makes something Allowed, which always waits.",
  }),
  gate: storedGateSchema.meta({
    description: "What is not blocked before a person lets it through; null: there is no gate.",
  }),
  statistics: z
    .object({ at: timeSchema, missing: z.array(z.string()), problem: z.string().nullable() })
    .nullable()
    .meta({
      description:
        "When Defender was last asked how widely something is seen, and the permissions that the application lacks for it.",
    }),
  stop: stopSchema.nullable().meta({
    description: "Who switched this connector's sending off; null while it is on.",
  }),
  lastTest: checksSchema.extend({ at: timeSchema }).nullable(),
  reconciledAt: timeSchema.nullable().meta({
    description: "When what stands at the destination was last compared with what was sent.",
  }),
  reconcileProblem: z.string().nullable(),
  comparison: z.object({
    state: z.enum(COMPARISON_STATES).meta({
      description:
        "`asked`: somebody asked for one that has not begun; `running`: what stands there is read.",
    }),
    since: timeSchema.nullable(),
    askedBy: z.string().nullable(),
    found: comparisonFoundSchema.nullable().meta({
      description:
        "How many records the last comparison found standing as sent, removed and changed; `unlike`: accepted and shown otherwise than sent, which nobody changed. Their receipts say how.",
    }),
  }),
  reconcileMinutes: z.number(),
  driftMode: z.enum(DRIFT_MODES).meta({
    description:
      "restore: the next plan puts right what somebody changed there. ask: it waits for a decision.",
  }),
  refreshedAt: timeSchema.nullable().meta({
    description:
      "When records that Sentinel had not published again for 12 days were last sent again as they stand.",
  }),
  refreshed: z.number().meta({ description: "How many these were." }),
  strangers: z.object({ count: z.number() }).nullable().meta({
    description:
      "How many records the application made that Sluice knows nothing of; null until it was compared.",
  }),
  acceptsMd5: z.boolean().nullable().meta({
    description: "Whether the Defender tenant takes MD5, as `try-md5` found; null: nobody tried.",
  }),
  createdAt: timeSchema,
  version: z.string().meta({
    description:
      "Another one whenever somebody changed the settings; `PATCH` takes it to change them as they were read.",
  }),
});

export const addressSchema = z.object({
  service: z.enum(["signIn", "defender", "sentinelUpload", "azureManagement", "graph", "logs"]),
  url: z.string().nullable(),
  isOverridden: z.boolean().meta({ description: "An administrator set it in place of Microsoft's." }),
});

export const driftSchema = z.object({ removed: z.number(), changed: z.number() }).meta({
  description:
    "Records that somebody removed or changed at the destination, but for what was ignored. The next plan puts them right where `driftMode` is `restore` or somebody decided so; else they wait for a decision.",
});

export const latencySchema = z
  .object({ count: z.number(), medianSeconds: z.number(), p95Seconds: z.number() })
  .meta({
    description:
      "From acceptance until seen at the destination, of what was first seen in the last 24 hours.",
  });

export const planningSchema = z
  .object({
    id: z.uuid(),
    by: z.string(),
    since: timeSchema,
    state: z.enum(["under-way", "made", "failed"]),
    planId: z.uuid().nullable(),
    problem: z.string().nullable(),
  })
  .meta({
    description:
      "A plan that takes longer than some seconds to make, or how that ended: `made` with its `planId` (null: there was nothing to take back), or `failed` and why. Null where none took long, or a newer one was made since.",
  });

/** With how it fares, as a list shows it. */
export const connectorWithHealthSchema = connectorSchema.extend({
  credential: credentialSchema.nullable(),
  lastPush: z
    .object({
      id: z.uuid(),
      state: z.string(),
      queuedAt: timeSchema,
      finishedAt: timeSchema.nullable(),
      message: z.string().nullable(),
      waitingSince: waitingSinceSchema,
    })
    .nullable()
    .meta({ description: "The newest one; an older one may still be open." }),
  waitingSince: timeSchema.nullable().meta({
    description:
      "Since when the longest waiting of all its open pushes waits for its destination; null: none waits.",
  }),
  hasStopped: z.boolean().meta({
    description: "A push stopped that has still something to send, or after which nothing was pushed.",
  }),
  live: z.number(),
  visible: z.number(),
  failed: z.number(),
  failures: z
    .object({
      refused: z.number(),
      standing: z.number(),
      unanswered: z.number(),
      leftOut: z.number(),
      lost: z.number(),
    })
    .meta({
      description:
        "The failed ones by what they leave behind. `refused`: not added or changed. `standing`: to be removed, and it still stands there. `unanswered`: sent and never answered, so that it may stand there or not. `leftOut`: sent and never answered, and a person left it out of its push; its receipt says what may stand there. `?retryRefused=true` asks for it; while the connector is paused, a plan of its removals (`?removalsOnly=true`) asks for what is to go. `lost`: it stood there by another team's application, and was refused when it was to be made anew.",
    }),
  drift: driftSchema,
  openStrangers: z.number().meta({
    description:
      "How many records the application made that Sluice knows nothing of and nobody decided about.",
  }),
});
