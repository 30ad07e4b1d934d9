import "server-only";

import { z } from "zod";

import type { Prisma } from "@/lib/db/generated/client";
import { ACTIONS, SEVERITIES, type Action, type Severity } from "@/lib/domain/connector/actions";
import { storedGateSchema, type Gate } from "@/lib/domain/connector/gate-input";
import type { Cloud, ConnectorKind, ConnectorMode } from "@/lib/domain/connector/kinds";
import { rulesSchema, type ConnectorRule } from "@/lib/domain/connector/rule-input";
import { storedSelectionSchema, type Selection } from "@/lib/domain/connector/selection-input";
import { readComparison, type Comparison } from "@/lib/domain/delivery/comparison";
import { loosenedSchema, type Loosened } from "@/lib/domain/delivery/loosened";
import { storedPlanLimitsSchema, type PlanLimits } from "@/lib/domain/delivery/plan-limits";
import { expiryByTypeSchema } from "@/lib/domain/feed/expiry-settings";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { DRIFT_MODES, type DriftMode } from "@/lib/domain/delivery/drift-choices";

import type { Stop } from "@/lib/services/delivery/delivery-stop";

import { settingsVersion } from "./settings-version";
import { readStatistics, type Statistics } from "./statistics";
import { fromStoredCloud } from "./cloud-column";
import { readStoredTest } from "./credential-view";

export const CONNECTOR_SELECT = {
  id: true,
  teamId: true,
  name: true,
  kind: true,
  clientId: true,
  subscriptionId: true,
  resourceGroup: true,
  workspaceName: true,
  deviceGroups: true,
  action: true,
  severity: true,
  expiryDays: true,
  expiryByType: true,
  rules: true,
  selection: true,
  titleTemplate: true,
  descriptionTemplate: true,
  mode: true,
  enabled: true,
  approval: true,
  approvalLoosened: true,
  automaticLimits: true,
  gate: true,
  statistics: true,
  lastTest: true,
  reconciledAt: true,
  reconcileProblem: true,
  ...({
    reconcileAskedAt: true,
    reconcileAskedBy: true,
    reconcilingSince: true,
    reconcileFound: true,
  } as const),
  lookedAt: true,
  refreshedAt: true,
  refreshed: true,
  reconcileMinutes: true,
  driftMode: true,
  strangers: true,
  createdAt: true,
  team: { select: { slug: true, name: true } },
  destination: {
    select: {
      ...{ id: true, cloud: true, tenantId: true, workspaceId: true, sourceSystem: true, capacity: true },
      ...{ acceptsMd5: true, tenantName: true },
    },
  },
} as const satisfies Prisma.ConnectorSelect;

export type ConnectorRow = Prisma.ConnectorGetPayload<{ select: typeof CONNECTOR_SELECT }>;

export type TestResult = {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; fix: string }[];
};

/** A connector as people and programs see it, by the names of the contract. There is no secret in it. */
export type ConnectorView = {
  id: string;
  teamId: string;
  team: string;
  teamName: string;
  name: string;
  kind: ConnectorKind;
  cloud: Cloud;
  destinationId: string;
  /** Under which name the destination keeps what Sluice writes. */
  sourceSystem: string;
  tenantId: string;
  /** What people call the tenant; null: nobody gave it a name. */
  tenantName: string | null;
  clientId: string;
  workspaceId: string | null;
  subscriptionId: string | null;
  resourceGroup: string | null;
  workspaceName: string | null;
  deviceGroups: string[];
  action: Action;
  severity: Severity;
  expiryDays: number | null;
  expiryByType: Partial<Record<IndicatorType, number>>;
  rules: ConnectorRule[];
  selection: Selection;
  /** How Defender's records are worded; null: as everywhere. */
  titleTemplate: string | null;
  descriptionTemplate: string | null;
  mode: ConnectorMode;
  enabled: boolean;
  /** Beyond these a plan needs a second person; null: none does. */
  approval: PlanLimits | null;
  /** Who raised these, and what goes on to hold for that one; null: nobody did, or somebody else confirmed it. */
  approvalLoosened: Loosened | null;
  /** What is applied without a person where the mode is automatic; null: everything. */
  automaticLimits: PlanLimits | null;
  /** What keeps a value from being blocked; null: nothing does. */
  gate: Gate | null;
  /** What Defender said when it was last asked how widely something is seen; null: it was not. */
  statistics: Statistics | null;
  /** Who switched its sending off; null while it is on. */
  stop: Stop | null;
  lastTest: (TestResult & { at: Date }) | null;
  /** When what stands there was last compared with what was sent, and why the newest try failed. */
  reconciledAt: Date | null;
  reconcileProblem: string | null;
  /** Whether that is asked for or runs, and what the last one found. */
  comparison: Comparison;
  /** When its application last looked at all of its Defender tenant, or was found not to see it; null: not yet. */
  lookedAt: Date | null;
  /** How many minutes apart they are compared, and whether what drifted is put right by the next plan or waits. */
  reconcileMinutes: number;
  driftMode: DriftMode;
  /** When records that Sentinel had not published again for long were last sent again as they stand, and how many. */
  refreshedAt: Date | null;
  refreshed: number;
  /** How much its application made there that nobody here knows of; null until it was compared. */
  strangers: Strangers | null;
  /** Whether its Defender tenant takes MD5, as a probe found; null: nobody tried. */
  acceptsMd5: boolean | null;
  createdAt: Date;
  /** Another one whenever somebody changed its settings. */
  version: string;
};

/** Shapes a row for the outside; `stop` says who switched its sending off. */
export const toConnectorView = (row: ConnectorRow, stop: Stop | null): ConnectorView => {
  const { approval, automaticLimits, ...shown } = row;
  const { reconcileAskedAt, reconcileAskedBy, reconcilingSince, reconcileFound, ...others } = shown;
  const compared = { reconcileAskedAt, reconcileAskedBy, reconcilingSince, reconcileFound };
  const { team, destination, selection, expiryByType, rules, lastTest, action, severity, ...rest } = others;
  const view = {
    ...rest,
    team: team.slug,
    teamName: team.name,
    cloud: fromStoredCloud(destination.cloud),
    destinationId: destination.id,
    sourceSystem: destination.sourceSystem,
    tenantId: destination.tenantId,
    tenantName: destination.tenantName,
    workspaceId: destination.workspaceId === "" ? null : destination.workspaceId,
    action: z.enum(ACTIONS).parse(action),
    severity: z.enum(SEVERITIES).parse(severity),
    expiryByType: expiryByTypeSchema.parse(expiryByType),
    rules: rulesSchema.parse(rules),
    selection: storedSelectionSchema.parse(selection),
    acceptsMd5: destination.acceptsMd5,
    approval: storedPlanLimitsSchema.parse(approval),
    approvalLoosened: loosenedSchema.nullable().parse(row.approvalLoosened),
    automaticLimits: storedPlanLimitsSchema.parse(automaticLimits),
    gate: storedGateSchema.parse(row.gate),
    statistics: readStatistics(row.statistics),
    comparison: readComparison(compared, new Date()),
    stop,
    lastTest: readStoredTest(lastTest),
    driftMode: z.enum(DRIFT_MODES).parse(row.driftMode),
    strangers: strangersSchema.nullable().parse(row.strangers),
  };
  return { ...view, version: settingsVersion(view) };
};

const strangersSchema = z.object({ count: z.number() });
type Strangers = z.output<typeof strangersSchema>;
