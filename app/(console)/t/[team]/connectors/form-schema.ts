import { z } from "zod";

import { readDaysByType } from "@/lib/actions/days-by-type";
import { blankAsUndefined, checkbox, listOf } from "@/lib/actions/fields";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { readLines } from "@/lib/domain/names/read-lines";

import { credentialForm } from "./credential-form";

/** A form holds text; the connector's own schema judges what it means. */
const number = z.coerce.number();

/** Ticked types; none ticked means "all". */
const types = listOf(z.string()).transform((chosen) => (chosen.length === 0 ? null : chosen));

/** Whether all feeds are taken, or those that are ticked. What says neither is refused: it must not come to mean all. */
const feedChoice = z.enum(["all", "chosen"], "Choose whether all of the team’s feeds go there.");

const takenFeeds = (choice: z.output<typeof feedChoice>, ticked: readonly string[]) =>
  choice === "all" ? null : [...ticked];

const limit = z.preprocess(
  (value) => (value === "" || value === undefined ? null : value),
  number.nullable(),
);

/** Limits of a plan; all fields blank: there are none. */
const limits = z
  .object({ maxAdds: limit, maxRemoves: limit, maxRemovedPercent: limit })
  .prefault({ maxAdds: null, maxRemoves: null, maxRemovedPercent: null })
  .transform((given) => (Object.values(given).every((one) => one === null) ? null : given));

/** A gate whose three looks are all off is none. */
const gate = z
  .object({
    maxPrevalence: limit,
    nearAllowlist: checkbox(),
    otherTeams: checkbox(),
    whenUnknown: blankAsUndefined(z.string().optional()),
  })
  .optional()
  .transform((given) =>
    given && (given.maxPrevalence !== null || given.nearAllowlist || given.otherTeams) ? given : null,
  );

/** One a line. */
const lines = z.string().default("").transform(readLines);

const numberOrNull = z.preprocess(
  (value) => (value === "" || value === undefined ? null : value),
  number.nullable(),
);

/** The rules' editor sends all of them as one text; what is no such text is no list, which the connector's schema refuses. */
const rules = z
  .string()
  .default("[]")
  .transform((text): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  });

const policy = {
  approval: limits,
  automaticLimits: limits,
  gate,
  action: blankAsUndefined(z.string().optional()),
  severity: blankAsUndefined(z.string().optional()),
  expiryDays: numberOrNull,
  expiryByType: z.string().default("").transform(readDaysByType),
  rules,
  mode: z.string(),
  // Defender's alone.
  reconcileMinutes: blankAsUndefined(number.optional()),
  driftMode: blankAsUndefined(z.string().optional()),
  minConfidence: number,
  maxTlp: z.string(),
  types,
  feedChoice,
  feeds: listOf(z.string()),
  tags: z.object({ allow: lines, block: lines }).prefault({}),
  maxAgeDays: numberOrNull,
  // Defender's alone.
  expandNetworksUpTo: blankAsUndefined(number.optional()),
};

const address = {
  tenantId: z.string(),
  clientId: z.string(),
  workspaceId: blankAsUndefined(z.string().optional()),
  subscriptionId: blankAsUndefined(z.string().optional()),
  resourceGroup: blankAsUndefined(z.string().optional()),
  workspaceName: blankAsUndefined(z.string().optional()),
  // Defender's alone.
  deviceGroups: z.string().transform(readLines).optional(),
};

/** Empty: as everywhere. */
const wording = {
  titleTemplate: blankAsUndefined(z.string().optional()),
  descriptionTemplate: blankAsUndefined(z.string().optional()),
};

export const newConnectorFormSchema = z.object({
  team: z.string(),
  intent: z.enum(["save", "test"]),
  kind: z.string(),
  name: z.string(),
  cloud: z.string(),
  ...address,
  ...credentialForm,
  ...wording,
  ...policy,
});

export const editConnectorFormSchema = z.object({
  team: z.string(),
  id: z.uuid(),
  version: z.string(),
  name: z.string(),
  ...address,
  clientSecret: credentialForm.clientSecret,
  secretId: credentialForm.secretId,
  secretExpiresAt: credentialForm.secretExpiresAt,
  untried: checkbox(),
  confirmLimits: checkbox(),
  ...wording,
  ...policy,
});

/** What of a form decides which networks it takes. */
export const countNetworksFormSchema = z
  .object({
    team: z.string(),
    feedChoice,
    feeds: listOf(z.uuid()),
    types: listOf(z.enum(INDICATOR_TYPES)).transform((chosen) => (chosen.length === 0 ? null : chosen)),
  })
  .transform(({ feedChoice: choice, feeds, ...rest }) => ({ ...rest, feeds: takenFeeds(choice, feeds) }));

/** What is entered in place of the stored secret; nothing where its fields are empty. */
export const toNewSecret = ({
  clientSecret,
  secretId,
  secretExpiresAt,
}: z.output<typeof editConnectorFormSchema>) =>
  Object.fromEntries(
    Object.entries({ clientSecret, secretId, secretExpiresAt }).filter(([, value]) => value !== undefined),
  );

/** The part of a form that says what the application signs in with. */
export const toEntered = (input: z.output<typeof newConnectorFormSchema>) => {
  const { clientSecret, secretId, secretExpiresAt, identity } = input;
  const { certificate, certificateFile, certificatePassword } = input;
  return {
    clientSecret,
    secretId,
    secretExpiresAt,
    identity,
    certificate,
    certificateFile,
    certificatePassword,
  };
};

type Policy = z.output<ReturnType<typeof z.object<typeof policy>>>;

/** A form says the days of all types: those that it does not name no longer differ. */
export const toAllDays = (given: Readonly<Record<string, number>>): Record<string, number | null> => ({
  ...Object.fromEntries(INDICATOR_TYPES.map((type) => [type, null])),
  ...given,
});

/** The policy part of a form as the connector's schema names it. */
export const toPolicy = ({
  action,
  severity,
  expiryDays,
  expiryByType,
  rules: given,
  mode,
  reconcileMinutes,
  driftMode,
  minConfidence,
  maxTlp,
  types: ticked,
  feedChoice: choice,
  feeds,
  tags,
  maxAgeDays,
  expandNetworksUpTo,
  approval,
  automaticLimits,
  gate: gateGiven,
}: Policy) => ({
  ...(action !== undefined && { action }),
  ...(severity !== undefined && { severity }),
  expiryDays,
  expiryByType,
  rules: given,
  mode,
  approval,
  automaticLimits,
  gate: gateGiven,
  ...(reconcileMinutes !== undefined && { reconcileMinutes }),
  ...(driftMode !== undefined && { driftMode }),
  selection: {
    ...{ minConfidence, maxTlp, types: ticked, feeds: takenFeeds(choice, feeds), tags, maxAgeDays },
    ...(expandNetworksUpTo !== undefined && { expandNetworksUpTo }),
  },
});
