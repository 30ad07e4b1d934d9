import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/components/ui/format-number";
import { KeyValueList } from "@/components/ui/key-value";
import { TextLink } from "@/components/ui/text-link";
import { actionWords } from "@/lib/domain/connector/actions";
import { API_STATUS_AS_OF, describeApi } from "@/lib/domain/connector/api-status";
import { describeGate, type Gate } from "@/lib/domain/connector/gate-input";
import {
  CONNECTOR_MODE_LABELS,
  type Cloud,
  type ConnectorKind,
  type ConnectorMode,
} from "@/lib/domain/connector/kinds";
import { TAKE_EFFECT } from "@/lib/domain/connector/take-effect";
import { describeElse, describeRule } from "@/lib/domain/connector/rule-words";
import type { DriftMode } from "@/lib/domain/delivery/drift-choices";
import { describeLimits, type PlanLimits } from "@/lib/domain/delivery/plan-limits";
import {
  INDICATOR_TYPE_LABELS,
  TLP_LABELS,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";
import type { AllowBlock } from "@/lib/domain/names/allow-block";

import { AddressList } from "./address-list";
import { CLOUD_LABELS } from "./cloud-labels";
import { CredentialLifeBadge } from "./credential-life-badge";

type Limits = Parameters<typeof describeLimits>[0];
type Rule = Parameters<typeof describeRule>[0];
type Props = {
  connector: {
    kind: ConnectorKind;
    cloud: Cloud;
    clientId: string;
    workspaceId: string | null;
    deviceGroups: readonly string[];
    mode: ConnectorMode;
    reconcileMinutes: number;
    driftMode: DriftMode;
    titleTemplate: string | null;
    descriptionTemplate: string | null;
    automaticLimits: Limits;
    approval: Limits;
    approvalLoosened: { byName: string; at: Date; former: PlanLimits; isInherited: boolean } | null;
    selection: {
      maxTlp: Tlp;
      minConfidence: number;
      types: readonly IndicatorType[] | null;
      feeds: readonly string[] | null;
      tags: AllowBlock;
      maxAgeDays: number | null;
      expandNetworksUpTo: number;
    };
    action: string;
    severity: string;
    expiryDays: number | null;
    acceptsMd5: boolean | null;
    gate: Gate | null;
    statistics: { missing: readonly string[]; problem: string | null } | null;
    addresses: Parameters<typeof AddressList>[0]["addresses"];
    apis: readonly ({ name: string; path: string } & Parameters<typeof describeApi>[0])[];
    credential: Parameters<typeof CredentialLifeBadge>[0]["life"] | null;
    rules: readonly Rule[];
  };
  /** Days by type that are the connector's own, in words; empty for none. */
  ownDays: string;
  credentialHref: string;
  nameFeed: (feedId: string) => string | undefined;
};

/** How a connector is set: where it leads, what goes there and how, and its rules in sentences. */
export const ConnectorSettings = ({ connector, ownDays, credentialHref, nameFeed }: Props) => (
  <>
    <KeyValueList
      columns={2}
      entries={[
        { label: "Cloud", value: CLOUD_LABELS[connector.cloud] },
        { label: "Application id", value: <code className="text-xs">{connector.clientId}</code> },
        ...(connector.workspaceId === null
          ? []
          : [
              {
                label: "Workspace id",
                value: <code className="text-xs">{connector.workspaceId}</code>,
              },
            ]),
        ...(connector.kind === "defender"
          ? [
              {
                label: "Device groups",
                value:
                  connector.deviceGroups.length === 0 ? "All devices" : connector.deviceGroups.join(", "),
              },
            ]
          : []),
        { label: "Mode", value: CONNECTOR_MODE_LABELS[connector.mode] },
        ...(connector.mode === "automatic"
          ? [
              {
                label: "Automatic, up to",
                value: describeLimits(connector.automaticLimits, "Everything"),
              },
            ]
          : []),
        {
          label: "A second person approves above",
          value: describeLimits(connector.approval, "No limit"),
          ...(connector.approvalLoosened && {
            hint: describeLoosened(connector.approvalLoosened),
          }),
        },
        ...(connector.kind === "defender"
          ? [
              {
                label: "Before something is blocked",
                value: connector.gate === null ? "No gate" : describeGate(connector.gate),
              },
              { label: "Prevalence", value: describeStatistics(connector.statistics) },
            ]
          : []),
        { label: "TLP ceiling", value: TLP_LABELS[connector.selection.maxTlp] },
        { label: "Lowest confidence", value: connector.selection.minConfidence },
        {
          label: "Types",
          value: connector.selection.types?.map((type) => INDICATOR_TYPE_LABELS[type]).join(", ") ?? "All",
        },
        ...(connector.kind === "defender"
          ? [
              {
                label: "Action and severity",
                value: `${actionWords(connector.action)}, ${connector.severity}`,
              },
            ]
          : []),
        {
          label: "Days it stays",
          value: (
            <>
              {connector.expiryDays ?? "By type: IP 30, URL 60, domain and e-mail 90, hash 365"}
              {ownDays !== "" && `; ${ownDays}`}
            </>
          ),
        },
        { label: "Feeds", value: describeFeeds(connector.selection.feeds, nameFeed) },
        { label: "Tags", value: describeTags(connector.selection.tags) },
        {
          label: "Seen within",
          value:
            connector.selection.maxAgeDays === null
              ? "However long ago"
              : formatCount(connector.selection.maxAgeDays, "day"),
        },
        ...(connector.kind === "defender"
          ? [
              { label: "MD5", value: MD5_WORDS[String(connector.acceptsMd5)] },
              { label: "Networks", value: describeNetworks(connector.selection.expandNetworksUpTo) },
              { label: "Title in the portal", value: wordingOf(connector.titleTemplate) },
              { label: "Description in the portal", value: wordingOf(connector.descriptionTemplate) },
            ]
          : []),
        { label: "Changed at Microsoft", value: DRIFT_WORDS[connector.driftMode] },
        { label: "Compared", value: describeInterval(connector.reconcileMinutes) },
        {
          label: "Where it goes",
          value: <AddressList addresses={connector.addresses} />,
        },
        {
          label: "API",
          value: <ApiList apis={connector.apis} />,
          hint: `As Microsoft’s pages told it in ${API_STATUS_AS_OF}.`,
        },
        {
          label: "Takes effect",
          value: TAKE_EFFECT[connector.kind].words,
          hint: TAKE_EFFECT[connector.kind].source,
        },
        {
          label: "Secret",
          value: (
            <span className="flex flex-wrap items-center gap-2">
              {connector.credential ? (
                <CredentialLifeBadge life={connector.credential} now={new Date()} />
              ) : (
                <Badge tone="danger">None</Badge>
              )}
              <TextLink href={credentialHref}>See and replace</TextLink>
            </span>
          ),
        },
      ]}
    />
    {connector.rules.length > 0 && (
      <div className="mt-4">
        <h3 className="text-sm font-semibold">Rules, the first that fits decides</h3>
        <ol className="mt-1 list-decimal space-y-1 pl-5 text-sm wrap-anywhere">
          {connector.rules.map((rule, place) => (
            <li key={place}>{describeRule(rule, nameFeed)}.</li>
          ))}
        </ol>
        <p className="text-muted mt-1 text-sm">{describeElse(connector.rules)}</p>
      </div>
    )}
  </>
);

const ApiList = ({ apis }: Pick<Props["connector"], "apis">) => (
  <ul className="space-y-0.5">
    {apis.map((api) => (
      <li key={api.path}>
        {api.name}, <code className="text-xs break-all">{api.path}</code>, {describeApi(api, new Date())}
      </li>
    ))}
  </ul>
);

const describeFeeds = (feeds: readonly string[] | null, nameFeed: Props["nameFeed"]): string =>
  feeds === null
    ? "All of the team’s"
    : feeds.map((id) => nameFeed(id) ?? "a feed that is gone").join(", ") || "None: nothing goes there";

const wordingOf = (template: string | null) =>
  template === null ? "The usual text" : <code className="text-xs wrap-anywhere">{template}</code>;

const DRIFT_WORDS: Readonly<Record<DriftMode, string>> = {
  restore: "Put right by the next plan",
  ask: "Waits on this page until somebody decides",
};

const describeInterval = (minutes: number): string => {
  if (minutes % 60 !== 0) return `Every ${String(minutes)} minutes`;
  return minutes === 60 ? "Every hour" : `Every ${String(minutes / 60)} hours`;
};

const describeNetworks = (most: number): string =>
  most === 0 ? "Stay here" : `Of up to ${String(most)} addresses, as these`;

const MD5_WORDS: Readonly<Record<string, string>> = {
  null: "Not tried: kept in until the tenant took one",
  true: "The tenant takes it",
  false: "The tenant refuses it",
};

const describeTags = ({ allow, block }: AllowBlock): string => {
  const parts = [
    allow.length === 0 ? null : `Only ${allow.join(", ")}`,
    block.length === 0 ? null : `${allow.length === 0 ? "Not" : "not"} ${block.join(", ")}`,
  ];
  return parts.filter((part) => part !== null).join("; ") || "Any";
};

const describeLoosened = ({
  byName,
  at,
  former,
  isInherited,
}: NonNullable<Props["connector"]["approvalLoosened"]>) => (
  <>
    {isInherited
      ? `${byName} added this connector beside others to the same place on ${at.toISOString().slice(0, 10)}. Their limit (`
      : `${byName} raised this on ${at.toISOString().slice(0, 10)}. The former limit (`}
    {describeLimits(former, "nothing")}) still holds for what {byName} applies alone and for what goes by
    itself. Another owner can end that: Edit, then tick “I confirm these limits as they are”.
  </>
);

const describeStatistics = (statistics: Props["connector"]["statistics"]): string => {
  if (statistics === null) return "no round of asking has ended yet; plans say what was told so far";
  if (statistics.missing.length > 0)
    return `not permitted: the application lacks ${statistics.missing.join(", ")} of WindowsDefenderATP`;
  return statistics.problem ?? "told by Defender";
};
