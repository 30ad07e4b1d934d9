import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { BudgetFacts } from "@/components/connectors/budget-facts";
import { CredentialLifeBadge } from "@/components/connectors/credential-life-badge";
import { AddressList } from "@/components/connectors/address-list";
import { CapacityBar } from "@/components/connectors/capacity-bar";
import { ComparisonCard } from "@/components/connectors/comparison-card";
import {
  PlanStateBadge,
  PushStateBadge,
  ReceiptStateBadge,
} from "@/components/connectors/delivery-state-badges";
import { DriftTable } from "@/components/connectors/drift-table";
import { PlanCountsLine } from "@/components/connectors/plan-counts";
import { StopNote, StopSwitch } from "@/components/connectors/stop-switch";
import { StrangersTable } from "@/components/connectors/strangers-table";
import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { CheckList } from "@/components/ui/check-list";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { formatDuration } from "@/components/ui/format-time";
import { KeyValueList } from "@/components/ui/key-value";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { writeDaysByType } from "@/lib/actions/days-by-type";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { CONNECTOR_KIND_LABELS } from "@/lib/domain/connector/kinds";
import { describeRule } from "@/lib/domain/connector/rule-words";
import { describeLimits } from "@/lib/domain/delivery/plan-limits";
import { defang } from "@/lib/domain/indicator/defang";
import { INDICATOR_TYPE_LABELS, TLP_LABELS } from "@/lib/domain/indicator/types";
import type { AllowBlock } from "@/lib/domain/names/allow-block";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { getStopOfAll } from "@/lib/services/delivery/delivery-stop";
import { getBudget } from "@/lib/services/delivery/get-budget";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { listDrift } from "@/lib/services/delivery/list-drift";
import { listPlans } from "@/lib/services/delivery/list-plans";
import { listPushes } from "@/lib/services/delivery/list-pushes";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { listFeedNames } from "@/lib/services/feeds/list-feed-names";

import { orNotFound, readId } from "../../../../or-not-found";
import {
  decideDriftAction,
  deleteConnectorAction,
  planAction,
  setConnectorEnabledAction,
  startConnectorAction,
  stopConnectorAction,
  testConnectorAction,
  tryMd5Action,
} from "../actions";

type Props = { params: Promise<{ team: string; id: string }> };

export const metadata: Metadata = { title: "Connector" };

const RECENT = 10;
const RECEIPTS_SHOWN = 50;
const FEEDS_NAMED = 500;

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

/** Of what was seen in the last day, in a sentence; empty where nothing was. */
const describeLatency = (latency: { medianSeconds: number; p95Seconds: number } | null): string =>
  latency === null
    ? ""
    : `In the last 24 hours records were seen there after ${formatDuration(latency.medianSeconds * 1_000)} (median) and ${formatDuration(latency.p95Seconds * 1_000)} (95 of 100).`;

/** One way to Microsoft: test, plan, what stands there and what happened. */
export default async function ConnectorPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("connector.read", slug);
  const connector = await orNotFound(getConnector(actor, readId(id)));
  if (connector.teamId !== team.id) notFound();
  const own = { id: connector.id, teamId: team.id };
  const [capacity, budget, { plans }, { pushes }, receipts, { drift }, feeds, stopOfAll] = await Promise.all([
    connector.kind === "defender" ? getCapacity(own) : null,
    getBudget(own),
    listPlans(own, { limit: RECENT, after: null }),
    listPushes(own, { limit: RECENT, after: null }),
    listReceipts(own, { limit: RECEIPTS_SHOWN, after: null }),
    listDrift(own, { limit: RECEIPTS_SHOWN, after: null }),
    connector.rules.length === 0 ? [] : listFeedNames(actor, { teamId: team.id, limit: FEEDS_NAMED }),
    getStopOfAll(),
  ]);
  const base = `/t/${team.slug}`;
  const values = { team: team.slug, id: connector.id };
  const newest = plans.find(({ isPartial }) => !isPartial);
  const waiting =
    connector.mode === "automatic" && newest?.state === "draft" && newest.waitsBecause !== null
      ? newest
      : null;
  const mayWrite = can(actor, "connector.write", team.id);
  const ownDays = writeDaysByType(connector.expiryByType);
  const feedNames = new Map(feeds.map((feed) => [feed.id, feed.name]));
  const mayApply = can(actor, "push.apply", team.id);

  return (
    <>
      <PageHeader
        title={connector.name}
        description={`${CONNECTOR_KIND_LABELS[connector.kind]}, tenant ${connector.tenantId}`}
        crumbs={[{ label: "Connectors", href: `${base}/connectors` }]}
        badges={connector.enabled ? undefined : <Badge tone="warning">Paused</Badge>}
        actions={
          <>
            <LinkButton href={`${base}/connectors/${connector.id}/hunting`}>Queries</LinkButton>
            {mayWrite && (
              <ActionButton action={testConnectorAction} values={values}>
                Test connection
              </ActionButton>
            )}
            {mayApply && (
              <StopSwitch
                stop={connector.stop}
                to={connector.name}
                stopAction={stopConnectorAction}
                startAction={startConnectorAction}
                values={values}
              />
            )}
            {mayApply && (
              <ActionButton
                action={planAction}
                values={values}
                variant="primary"
                disabled={!connector.enabled}
              >
                Plan
              </ActionButton>
            )}
          </>
        }
      />
      <div className="space-y-6">
        {plans.length === 0 && (
          <Callout tone="info" title="Nothing was planned yet." role="note">
            A plan shows what would be added, changed and removed here, and why each other candidate stays
            out. It sends nothing.
          </Callout>
        )}
        {stopOfAll && <StopNote stop={stopOfAll} where="to any destination" />}
        {connector.stop && <StopNote stop={connector.stop} where="here" />}
        {waiting && (
          <Callout tone="warning" title="It waits for a person." role="note">
            Its plan is more than it applies by itself. {waiting.waitsBecause}{" "}
            <TextLink href={`${base}/plans/${waiting.id}`}>Look at the plan</TextLink>. The next plan within
            the limits goes on by itself.
          </Callout>
        )}
        {connector.lastTest && (
          <Card>
            <CardHeader title="Last test" description={<RelativeTime at={connector.lastTest.at} />} />
            <CardBody>
              <CheckList
                checks={connector.lastTest.checks}
                assurance="Nothing was changed at the destination."
              />
              {!connector.lastTest.ok && (
                <LinkButton
                  href={`${base}/connectors/guide?connector=${connector.id}`}
                  size="sm"
                  className="mt-3"
                >
                  What to grant, step by step
                </LinkButton>
              )}
            </CardBody>
          </Card>
        )}
        {capacity && (
          <Card>
            <CardHeader title="Capacity" description="Of the whole tenant, whoever puts indicators there." />
            <CardBody>
              <CapacityBar capacity={capacity} />
              {budget && <BudgetFacts budget={budget} />}
            </CardBody>
          </Card>
        )}
        {connector.kind === "defender" && (
          <ComparisonCard
            comparedAt={connector.reconciledAt}
            problem={connector.reconcileProblem}
            drift={connector.drift}
            everyMinutes={connector.reconcileMinutes}
            isAsked={connector.driftMode === "ask"}
            strangers={connector.strangers?.count ?? 0}
          >
            {drift.length > 0 && (
              <DriftTable
                rows={drift}
                isAsked={connector.driftMode === "ask"}
                decide={mayApply ? { action: decideDriftAction, values } : null}
              />
            )}
            {connector.strangers !== null && connector.strangers.count > 0 && (
              <StrangersTable rows={connector.strangers.records} />
            )}
          </ComparisonCard>
        )}
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <Card>
            <CardHeader title="Plans" />
            <DataTable
              caption="Plans"
              rows={plans}
              rowKey={(plan) => plan.id}
              empty={<CardBody className="text-muted text-sm">None yet.</CardBody>}
              columns={[
                {
                  id: "when",
                  header: "Made",
                  isRowHeader: true,
                  cell: (plan) => (
                    <TextLink href={`${base}/plans/${plan.id}`}>
                      <RelativeTime at={plan.createdAt} />
                    </TextLink>
                  ),
                },
                {
                  id: "state",
                  header: "State",
                  cell: ({ state }) => <PlanStateBadge state={state} isPlain />,
                },
                { id: "counts", header: "What", cell: ({ counts }) => <PlanCountsLine counts={counts} /> },
              ]}
            />
          </Card>
          <Card>
            <CardHeader title="Pushes" />
            <DataTable
              caption="Pushes"
              rows={pushes}
              rowKey={(push) => push.id}
              empty={<CardBody className="text-muted text-sm">None yet.</CardBody>}
              columns={[
                {
                  id: "when",
                  header: "Begun",
                  isRowHeader: true,
                  cell: (push) => (
                    <TextLink href={`${base}/pushes/${push.id}`}>
                      <RelativeTime at={push.queuedAt} />
                    </TextLink>
                  ),
                },
                {
                  id: "state",
                  header: "State",
                  cell: ({ state }) => <PushStateBadge state={state} isPlain />,
                },
                {
                  id: "accepted",
                  header: "Accepted",
                  isNumeric: true,
                  cell: ({ counts }) => <Count value={counts.accepted} />,
                },
                {
                  id: "removed",
                  header: "Removed",
                  isNumeric: true,
                  cell: ({ counts }) => <Count value={counts.removed} />,
                },
                {
                  id: "failed",
                  header: "Failed",
                  isNumeric: true,
                  cell: ({ counts }) => <Count value={counts.failed} />,
                },
              ]}
            />
          </Card>
        </div>
        <Card>
          <CardHeader
            title="Receipts"
            description={`What the destination answered, the latest ${String(RECEIPTS_SHOWN)}. ${describeLatency(connector.visibleAfter)}`}
          />
          <DataTable
            caption="Receipts"
            rows={receipts.receipts}
            rowKey={({ indicatorId }) => indicatorId}
            empty={<CardBody className="text-muted text-sm">Nothing was sent yet.</CardBody>}
            columns={[
              {
                id: "value",
                header: "Indicator",
                isRowHeader: true,
                cell: ({ type, value }) => (
                  <IndicatorValue type={type} live={value} defanged={defang(type, value)} />
                ),
              },
              {
                id: "state",
                header: "State",
                cell: ({ state }) => <ReceiptStateBadge state={state} isPlain />,
              },
              {
                id: "remote",
                header: "Remote id",
                isWideOnly: true,
                cell: ({ remoteId }) => <span className="font-mono text-xs">{remoteId ?? "–"}</span>,
              },
              {
                id: "accepted",
                header: "Accepted",
                cell: ({ acceptedAt }) => <RelativeTime at={acceptedAt} />,
              },
              {
                id: "seen",
                header: "Seen after",
                isWideOnly: true,
                cell: ({ visibleAfterSeconds: seconds }) =>
                  seconds === null ? "–" : formatDuration(seconds * 1_000),
              },
              {
                id: "expires",
                header: "Expires",
                cell: ({ expiresAt }) => <RelativeTime at={expiresAt} noneLabel="–" />,
              },
              {
                id: "reason",
                header: "Why",
                isWideOnly: true,
                cell: ({ reason }) => <span className="text-muted text-xs">{reason ?? ""}</span>,
              },
              {
                id: "trace",
                header: "Trace",
                cell: ({ indicatorId }) => (
                  <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>
                ),
              },
            ]}
          />
        </Card>
        <Card>
          <CardHeader
            title="Settings"
            actions={
              mayWrite && (
                <LinkButton href={`${base}/connectors/${connector.id}/edit`} size="sm">
                  Edit
                </LinkButton>
              )
            }
          />
          <CardBody>
            <KeyValueList
              columns={2}
              entries={[
                { label: "Cloud", value: connector.cloud },
                { label: "Application id", value: <code className="text-xs">{connector.clientId}</code> },
                ...(connector.workspaceId === null
                  ? []
                  : [
                      {
                        label: "Workspace id",
                        value: <code className="text-xs">{connector.workspaceId}</code>,
                      },
                    ]),
                { label: "Mode", value: connector.mode },
                ...(connector.mode === "automatic"
                  ? [
                      {
                        label: "Automatic, up to",
                        value: describeLimits(connector.automaticLimits, "everything"),
                      },
                    ]
                  : []),
                {
                  label: "A second person approves above",
                  value: describeLimits(connector.approval, "no limit"),
                },
                { label: "TLP ceiling", value: TLP_LABELS[connector.selection.maxTlp] },
                { label: "Lowest confidence", value: connector.selection.minConfidence },
                {
                  label: "Types",
                  value:
                    connector.selection.types?.map((type) => INDICATOR_TYPE_LABELS[type]).join(", ") ?? "All",
                },
                ...(connector.kind === "defender"
                  ? [{ label: "Action and severity", value: `${connector.action}, ${connector.severity}` }]
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
                { label: "Tags", value: describeTags(connector.selection.tags) },
                {
                  label: "Seen within",
                  value:
                    connector.selection.maxAgeDays === null
                      ? "However long ago"
                      : `${String(connector.selection.maxAgeDays)} days`,
                },
                ...(connector.kind === "defender"
                  ? [{ label: "MD5", value: MD5_WORDS[String(connector.acceptsMd5)] }]
                  : []),
                {
                  label: "Where it goes",
                  value: <AddressList addresses={connector.addresses} />,
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
                      <TextLink href={`${base}/connectors/${connector.id}/credential`}>
                        See and replace
                      </TextLink>
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
                    <li key={place}>{describeRule(rule, (feedId) => feedNames.get(feedId))}.</li>
                  ))}
                </ol>
              </div>
            )}
            {mayWrite && (
              <div className="mt-4 flex flex-wrap gap-2">
                {connector.kind === "defender" && (
                  <ConfirmDialog
                    trigger="Try MD5"
                    isDangerous={false}
                    variant="secondary"
                    title="Try whether the tenant takes MD5?"
                    confirmLabel="Try it"
                    action={tryMd5Action}
                    values={values}
                  >
                    <p>
                      One record of a random MD5 is created in the tenant, which only audits, and taken away
                      again at once. The answer holds for every connector to the tenant.
                    </p>
                  </ConfirmDialog>
                )}
                <ActionButton
                  action={setConnectorEnabledAction}
                  values={{ ...values, enabled: connector.enabled ? "false" : "true" }}
                >
                  {connector.enabled ? "Pause" : "Resume"}
                </ActionButton>
                <ActionButton action={planAction} values={{ ...values, withdraw: "true" }}>
                  Plan to withdraw everything
                </ActionButton>
                <ConfirmDialog
                  trigger="Delete"
                  variant="danger-quiet"
                  title={`Delete ${connector.name}?`}
                  confirmLabel="Delete"
                  action={deleteConnectorAction}
                  values={values}
                >
                  <p>
                    Only a connector under which nothing stands can be deleted. Its secret is forgotten; its
                    receipts stay.
                  </p>
                </ConfirmDialog>
              </div>
            )}
          </CardBody>
        </Card>
      </div>
    </>
  );
}
