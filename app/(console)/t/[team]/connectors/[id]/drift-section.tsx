import { ComparisonCard, UnreadableCard } from "@/components/connectors/comparison-card";
import { DriftBar, StrangerBar } from "@/components/connectors/drift-bar";
import { DriftTable } from "@/components/connectors/drift-table";
import { OverridesTable } from "@/components/connectors/overrides-table";
import { StrangersTable } from "@/components/connectors/strangers-table";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { SelectionFrame } from "@/components/indicators/selection";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { can, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { actionWords } from "@/lib/domain/connector/actions";
import { DRIFT_KINDS, type DriftKind } from "@/lib/domain/delivery/drift-choices";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { countDrift, listDrift } from "@/lib/services/reconcile/list-drift";
import {
  getStrangerRemoval,
  listStrangers,
  type StrangerView,
} from "@/lib/services/reconcile/list-strangers";
import { listOverrides } from "@/lib/services/reconcile/overrides";

import {
  decideDriftAction,
  decideStrangersAction,
  liftOverridesAction,
  removeStrangersAction,
} from "../drift-actions";

type Props = {
  actor: Actor;
  team: TeamAccess;
  connector: ConnectorView;
  /** The kind that is shown alone. */
  kind: DriftKind | null;
};

const SHOWN = 100;
const NAMED = 20;

/** What somebody did at the destination, what nobody here knows of there, and what was adopted of it, with what can be decided. */
export const DriftSection = async ({ actor, team, connector, kind }: Props) => {
  const own = { id: connector.id, teamId: team.id };
  const path = `/t/${team.slug}/connectors/${connector.id}`;
  if (!isReadable(connector))
    return (
      <UnreadableCard
        editHref={
          can(actor, "connector.write", team.id) && (
            <LinkButton href={`${path}/edit`} size="sm">
              Add the Azure names
            </LinkButton>
          )
        }
      />
    );
  const [counts, { drift }, { strangers }, removal, { overrides }] = await Promise.all([
    countDrift(own),
    listDrift(own, { kind: kind ?? undefined, limit: SHOWN, after: null }),
    listStrangers(own, { limit: SHOWN, after: null }),
    getStrangerRemoval(own),
    listOverrides(own, { limit: SHOWN, after: null }),
  ]);
  const mayApply = can(actor, "push.apply", team.id);
  const mayAdopt = mayApply && can(actor, "indicator.write", team.id);
  const values = { team: team.slug, id: connector.id };
  const waiting =
    drift.length < SHOWN && kind === null
      ? drift.filter(({ choice }) => choice === null).length
      : DRIFT_KINDS.reduce((sum, one) => sum + counts[one], 0);
  return (
    <>
      <ComparisonCard
        comparedAt={connector.reconciledAt}
        problem={connector.reconcileProblem}
        counts={counts}
        everyMinutes={connector.reconcileMinutes}
        isAsked={connector.driftMode === "ask"}
        kind={kind}
        path={path}
        refresh={connector.refreshedAt && { at: connector.refreshedAt, count: connector.refreshed }}
      >
        {drift.length > 0 && (
          <SelectionFrame key={keyOf(drift.map(({ indicatorId, choice }) => [indicatorId, choice]))}>
            <div className="space-y-3">
              {mayApply && (
                <DriftBar
                  action={decideDriftAction}
                  values={values}
                  waiting={kind === null ? waiting : 0}
                  mayAdopt={mayAdopt}
                />
              )}
              <DriftTable
                rows={drift}
                canDecide={mayApply}
                isAsked={connector.driftMode === "ask"}
                clientId={connector.clientId}
              />
              {drift.length === SHOWN && <MoreNote />}
            </div>
          </SelectionFrame>
        )}
      </ComparisonCard>
      {strangers.length > 0 && (
        <Card>
          <CardHeader
            title="Not known here"
            description={`${formatCount(connector.strangers?.count ?? 0, "record")} of this ${connector.kind === "defender" ? "application" : "source"} that Sluice did not send, or forgot. Adopt what your team wants, or have the rest removed.`}
          />
          <CardBody className="space-y-3">
            {removal.count > 0 && (
              <RemovalNote strangers={strangers} removal={removal} values={mayApply ? values : null} />
            )}
            <SelectionFrame key={keyOf(strangers.map(({ remoteId, state }) => [remoteId, state]))}>
              <div className="space-y-3">
                {mayApply && (
                  <StrangerBar
                    action={decideStrangersAction}
                    values={values}
                    waiting={strangers.filter(({ state }) => state === "open").length}
                    mayAdopt={mayAdopt}
                  />
                )}
                <StrangersTable rows={strangers} canDecide={mayApply} clientId={connector.clientId} />
                {strangers.length === SHOWN && <MoreNote />}
              </div>
            </SelectionFrame>
          </CardBody>
        </Card>
      )}
      {overrides.length > 0 && (
        <Card>
          <CardHeader
            title="Adopted from Microsoft"
            description="How these records stood there is what your team wants of them here, whatever rules say."
          />
          <OverridesTable rows={overrides} lift={mayApply ? { action: liftOverridesAction, values } : null} />
        </Card>
      )}
    </>
  );
};

const MoreNote = () => (
  <p className="text-muted text-sm">
    The first {formatNumber(SHOWN)} are shown. What is decided without choosing any is decided about all.
  </p>
);

/** What was chosen is of this list as it stands: once something was decided, nothing is. */
const keyOf = (rows: readonly (readonly unknown[])[]): string => JSON.stringify(rows);

const isReadable = ({ kind, subscriptionId, resourceGroup, workspaceName }: ConnectorView): boolean =>
  kind === "defender" || [subscriptionId, resourceGroup, workspaceName].every((name) => name !== null);

type RemovalProps = {
  strangers: readonly StrangerView[];
  removal: { count: number; hash: string };
  /** Null for who may not start it. */
  values: Readonly<Record<string, string>> | null;
};

/** What is marked to be removed, to be reviewed as a list before it is started. */
const RemovalNote = ({ strangers, removal: { count, hash }, values }: RemovalProps) => {
  const marked = strangers.filter(({ state }) => state === "marked");
  const what = formatCount(count, "record");
  return (
    <Callout
      tone="warning"
      title={`${what} ${count === 1 ? "is" : "are"} marked to be removed.`}
      role="note"
      action={
        values && (
          <ConfirmDialog
            trigger="Review and remove"
            size="sm"
            title={`Remove ${what} at Microsoft?`}
            confirmLabel="Remove"
            action={removeStrangersAction}
            values={{ ...values, hash }}
            typedWord={count > SHOWN ? "remove" : undefined}
          >
            <ul className="list-disc space-y-0.5 pl-5">
              {marked.slice(0, NAMED).map(({ remoteId, value, action }) => (
                <li key={remoteId}>
                  <code className="text-xs break-all">{value.replaceAll(".", "[.]")}</code>
                  {action !== null && `, ${actionWords(action)}`}
                </li>
              ))}
              {count > NAMED && <li>and {formatNumber(count - NAMED)} more, listed on the page</li>}
            </ul>
            <p>They cannot be brought back from here. Each counts as removed when it was seen to be gone.</p>
          </ConfirmDialog>
        )
      }
    >
      Nothing is removed before somebody reviews the list and starts it.
    </Callout>
  );
};
