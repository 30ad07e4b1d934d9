import { ComparisonCard, UnreadableCard } from "@/components/connectors/comparison-card";
import { DriftBar, StrangerBar } from "@/components/connectors/drift-bar";
import { sayStrangers } from "@/components/connectors/drift-words";
import { DriftTable } from "@/components/connectors/drift-table";
import { OverridesTable } from "@/components/connectors/overrides-table";
import { RemovalNote } from "@/components/connectors/removal-note";
import { StrangersTable } from "@/components/connectors/strangers-table";
import { SelectionFrame } from "@/components/indicators/selection";
import { RefreshWhile } from "@/components/live/refresh-while";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { LinkButton } from "@/components/ui/link-button";
import { can, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import { DRIFT_KINDS, type DriftKind } from "@/lib/domain/delivery/drift-choices";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listOtherConnectors } from "@/lib/services/connectors/list-other-connectors";
import { countDrift, listDrift } from "@/lib/services/reconcile/list-drift";
import { countForeign } from "@/lib/services/reconcile/list-foreign";
import { countStrangers, getStrangerRemoval, listStrangers } from "@/lib/services/reconcile/list-strangers";
import { listOverrides } from "@/lib/services/reconcile/overrides";

import {
  compareAction,
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
const REFRESH_MS = 3_000;
const STRANGERS_SHOWN = 20;
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
  const [counts, { drift }, { overrides }, foreign] = await Promise.all([
    countDrift(own),
    listDrift(own, { kind: kind ?? undefined, limit: SHOWN, after: null }),
    listOverrides(own, { limit: SHOWN, after: null }),
    connector.kind === "defender" ? countForeign(own) : null,
  ]);
  const [{ strangers, next: isMore }, strangerCounts, removal, { strangers: marked }, elsewhere] =
    await Promise.all([
      listStrangers(own, { limit: STRANGERS_SHOWN, after: null }),
      countStrangers(own),
      getStrangerRemoval(own),
      listStrangers(own, { state: "marked", limit: NAMED, after: null }),
      listOtherConnectors(own),
    ]);
  const mayApply = can(actor, "push.apply", team.id);
  const mayAdopt = mayApply && can(actor, "indicator.write", team.id);
  const values = { team: team.slug, id: connector.id };
  const waiting = DRIFT_KINDS.reduce((sum, one) => sum + counts[one], 0) - counts.decided;
  return (
    <>
      <ComparisonCard
        comparedAt={connector.reconciledAt}
        comparison={connector.comparison}
        isPaused={!connector.enabled}
        compare={mayApply ? { action: compareAction, values } : null}
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
            <RefreshWhile isOpen={drift.some(({ pushId }) => pushId !== null)} everyMs={REFRESH_MS} />
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
                isAutomatic={connector.mode === "automatic"}
                base={`/t/${team.slug}`}
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
            description={sayStrangers(connector, strangerCounts.open)}
            actions={
              <LinkButton href={`${path}/unsent`} size="sm">
                All of them
              </LinkButton>
            }
          />
          <CardBody className="space-y-3">
            {removal.count > 0 && (
              <RemovalNote
                named={marked}
                removal={removal}
                start={mayApply ? { action: removeStrangersAction, values } : null}
              />
            )}
            <SelectionFrame key={keyOf(strangers.map(({ remoteId, state }) => [remoteId, state]))}>
              <div className="space-y-3">
                {mayApply && (
                  <StrangerBar
                    action={decideStrangersAction}
                    values={values}
                    waiting={strangerCounts.open}
                    mayAdopt={mayAdopt}
                    elsewhere={elsewhere}
                  />
                )}
                <StrangersTable rows={strangers} canDecide={mayApply} clientId={connector.clientId} />
                {isMore !== null && (
                  <p className="text-muted text-sm">
                    The first {formatNumber(STRANGERS_SHOWN)} are shown. What is decided without choosing any
                    is decided about all.
                  </p>
                )}
              </div>
            </SelectionFrame>
          </CardBody>
        </Card>
      )}
      {foreign !== null && foreign.count > 0 && (
        <Card>
          <CardHeader
            title="Held by others"
            description={`${formatCount(foreign.count, "record")} of the tenant that others made${foreign.wanted === 0 ? "" : `; your team has ${formatNumber(foreign.wanted)} of these values, too`}. Sluice leaves them as they are.`}
            actions={
              <LinkButton href={`${path}/unsent?of=others`} size="sm">
                See them
              </LinkButton>
            }
          />
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
