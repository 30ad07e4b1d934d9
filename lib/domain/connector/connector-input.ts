import { z } from "zod";

import {
  DEFAULT_AUTOMATIC_LIMITS,
  describeLimits,
  planLimitsPatchSchema,
  planLimitsSchema,
} from "@/lib/domain/delivery/plan-limits";
import { expiryByTypePatchSchema, expiryByTypeSchema } from "@/lib/domain/feed/expiry-settings";
import { MERGED } from "@/lib/domain/patch-fields";

import { DRIFT_MODES } from "../delivery/drift-choices";
import { descriptionTemplateSchema, titleTemplateSchema } from "../delivery/templates";
import { ACTIONS, SEVERITIES } from "./actions";
import { credentialFields, faultOfCredential, type GivenCredential } from "./credential-input";
import { DEFENDER_GATE, gatePatchSchema, gateSchema } from "./gate-input";
import { CLOUDS, CONNECTOR_KINDS, CONNECTOR_MODES } from "./kinds";
import { deviceGroupsSchema, findRuleProblems, lifetimeSchema, rulesSchema } from "./rule-input";
import { selectionPatchSchema, selectionSchema } from "./selection-input";

const guid = (what: string) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.guid(`Give the ${what} as a GUID, such as 00000000-0000-0000-0000-000000000000.`));

const azureName = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^[\w().-]{1,90}$/, `Give the ${what} as Azure shows it: letters, digits, . _ - ( ).`);

/** What leads to the destination. It cannot change while indicators stand there. */
const addressFields = {
  tenantId: guid("tenant id"),
  clientId: guid("application (client) id"),
  workspaceId: guid("workspace id").optional(),
  deviceGroups: deviceGroupsSchema.default([]),
};

const armFields = {
  subscriptionId: guid("subscription id").optional(),
  resourceGroup: azureName("resource group").optional(),
  workspaceName: azureName("workspace's name").optional(),
};

const policyFields = {
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiryDays: lifetimeSchema.nullable(),
  expiryByType: expiryByTypeSchema.meta({
    description:
      "Days for single types; they come before expiryDays. A source's own end is kept where it is earlier.",
  }),
  rules: rulesSchema.meta({
    description:
      "In order; the first that fits gives action, severity and days where it names them. A person's own wish for an indicator comes before a rule.",
  }),
  selection: selectionSchema,
  titleTemplate: titleTemplateSchema.nullable().meta({
    description:
      "Of Defender's title, or of a Sentinel indicator's name; null: the usual one. Refused where its own words leave no room for a team’s name.",
  }),
  descriptionTemplate: descriptionTemplateSchema.nullable().meta({
    description:
      "Null: the usual one. Refused where its own words leave no room for a team’s name or the link.",
  }),
  mode: z.enum(CONNECTOR_MODES),
  approval: planLimitsSchema.nullable(),
  automaticLimits: planLimitsSchema.nullable().meta({
    description: `What an automatic connector applies by itself within an hour; null: everything. Left out where a connector becomes automatic and has none: ${describeLimits(DEFAULT_AUTOMATIC_LIMITS, "")}.`,
  }),
  gate: gateSchema.nullable(),
  reconcileMinutes: z
    .number()
    .int()
    .min(15, "At most every 15 minutes: reading uses the destination's rate.")
    .max(1_440),
  driftMode: z.enum(DRIFT_MODES),
};

const name = z.string().trim().min(1, "Give the connector a name.").max(120, "Use at most 120 characters.");

const ARM_NAMES = ["subscriptionId", "resourceGroup", "workspaceName"] as const;
type ArmName = (typeof ARM_NAMES)[number];
type ArmNames = Partial<Record<ArmName, string | null | undefined>>;

const createFields = {
  team: z.string(),
  name,
  kind: z.enum(CONNECTOR_KINDS),
  cloud: z.enum(CLOUDS).default("public"),
  ...addressFields,
  ...armFields,
  ...credentialFields,
  action: policyFields.action.default("Audit"),
  severity: policyFields.severity.default("Medium"),
  expiryDays: policyFields.expiryDays.default(null),
  expiryByType: policyFields.expiryByType.default({}),
  rules: policyFields.rules.default([]),
  selection: policyFields.selection.prefault({}),
  titleTemplate: policyFields.titleTemplate.default(null),
  descriptionTemplate: policyFields.descriptionTemplate.default(null),
  mode: policyFields.mode.default("review"),
  approval: policyFields.approval.default(null),
  automaticLimits: policyFields.automaticLimits.optional(),
  gate: policyFields.gate.default(null),
  reconcileMinutes: policyFields.reconcileMinutes.default(60),
  driftMode: policyFields.driftMode.default("restore"),
};
const createShape = z.strictObject(createFields);

/** What only shows when several fields are seen together. */
const checkTogether = (input: z.output<typeof createShape>, context: z.RefinementCtx): void => {
  const refuse = (field: string, message: string) => {
    context.addIssue({ code: "custom", path: [field], message });
  };
  const fault = faultOfCredential(input, { isRequired: true });
  if (fault) refuse(fault.field, fault.message);
  for (const { path, message } of findRuleProblems(input))
    context.addIssue({ code: "custom", path, message });
  if (input.kind === "sentinel") {
    if (input.workspaceId === undefined)
      refuse("workspaceId", "Give the workspace id of the Log Analytics workspace.");
    if (input.deviceGroups.length > 0) refuse("deviceGroups", "Device groups exist in Defender only.");
    if (input.gate !== null) refuse("gate", DEFENDER_GATE);
    const missing = incompleteArmName(input);
    if (missing) refuse(missing, ALL_ARM_NAMES);
    return;
  }
  if (input.workspaceId !== undefined) refuse("workspaceId", "Defender has no workspace.");
  for (const field of ARM_NAMES)
    if (input[field] !== undefined) refuse(field, "Azure names are for Sentinel only.");
};

/** Why one or two of the three Azure names are not enough. */
export const ALL_ARM_NAMES =
  "Reading back needs all three: subscription, resource group and workspace name. Give all or none.";

/** A connector as a person or a program describes it; contracts call these fields by the same names. */
export const connectorCreateSchema = createShape.superRefine(checkTogether);
export type ConnectorCreate = z.infer<typeof connectorCreateSchema>;

/** An unsaved connector to test: it needs no name yet. */
export const connectorTestSchema = z
  .strictObject({ ...createFields, name: name.default("Unsaved") })
  .superRefine(checkTogether);

/** What of a policy is an object: a patch names single fields of it, as RFC 7396 has it. */
const mergedFields = {
  selection: selectionPatchSchema.meta({
    description: `${MERGED} So a change of one never widens another; \`feeds: null\` takes all feeds.`,
  }),
  expiryByType: expiryByTypePatchSchema.meta({
    description: `${MERGED} null for a type: its days no longer differ.`,
  }),
  approval: planLimitsPatchSchema.nullable().meta({ description: MERGED }),
  automaticLimits: planLimitsPatchSchema
    .nullable()
    .meta({ description: `${policyFields.automaticLimits.description ?? ""} ${MERGED}` }),
  gate: gatePatchSchema.nullable().meta({ description: `${MERGED} null: there is no gate any more.` }),
};

const patchShape = z
  .strictObject({
    name,
    ...addressFields,
    subscriptionId: armFields.subscriptionId.nullable(),
    resourceGroup: armFields.resourceGroup.nullable(),
    workspaceName: armFields.workspaceName.nullable(),
    ...credentialFields,
    ...policyFields,
    ...mergedFields,
    deviceGroups: addressFields.deviceGroups.unwrap(),
    enabled: z.boolean(),
    version: z.string().max(100).meta({
      description:
        "As it was read with the connector. 409 where somebody changed its settings since, so that nobody's change is lost.",
    }),
    confirmLimits: z.literal(true).meta({
      description:
        "Confirms the limits of `approval` as they are, where somebody else raised them (`approvalLoosened`).",
    }),
  })
  .partial();

const checkCredential = (input: GivenCredential, context: z.RefinementCtx): void => {
  const fault = faultOfCredential(input, { isRequired: false });
  if (fault) context.addIssue({ code: "custom", path: [fault.field], message: fault.message });
};

/** Team, kind and cloud of a connector stay. `null` clears an Azure name. */
export const connectorPatchSchema = patchShape.superRefine(checkCredential);
export type ConnectorPatch = z.infer<typeof connectorPatchSchema>;

/** A patch as a program sends it: it says, too, whether what it signs in with is tried first. */
export const connectorChangeSchema = patchShape
  .extend({
    untried: z.boolean().default(false).meta({
      description:
        "true: a secret, certificate or identity that is given takes over without a test, for one that leaked or is dead while Microsoft cannot be asked.",
    }),
  })
  .superRefine(checkCredential);

/** The first of the three Azure names that is missing while another is given; they work together only. */
export const incompleteArmName = (input: ArmNames): ArmName | null => {
  const missing = ARM_NAMES.filter((field) => !input[field]);
  return missing.length === ARM_NAMES.length ? null : (missing[0] ?? null);
};
