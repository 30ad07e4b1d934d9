import type { Metadata } from "next";

import { EndingCredentialsTable } from "@/components/connectors/ending-credentials-table";
import { OrphanedTable } from "@/components/connectors/orphaned-table";
import { StopNote, StopSwitch } from "@/components/connectors/stop-switch";
import { RetentionForm } from "@/components/operations/retention-form";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { KeyValueList } from "@/components/ui/key-value";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { requirePage } from "@/lib/auth/require-page";
import { countAllWaiting } from "@/lib/services/delivery/count-waiting";
import { getRetention } from "@/lib/services/operations/retention";
import { lifeWords } from "@/lib/domain/connector/credential-life";
import { tenantWords } from "@/lib/domain/connector/tenant";
import { readSystemHealth } from "@/lib/services/operations/system-health";

import { startSendingAction, stopSendingAction, updateRetentionAction } from "./actions";

export const metadata: Metadata = { title: "System" };

const MEBIBYTE = 1024 * 1024;

/** How the installation fares: database, queue, work under way, the audit chain. */
export default async function SystemPage() {
  const { actor } = await requirePage("admin.system");
  const now = new Date();
  const [health, retention, waiting] = await Promise.all([
    readSystemHealth(actor, now),
    getRetention(actor),
    countAllWaiting(),
  ]);
  const isQueueAway = health.waiting.some(({ jobs }) => jobs === null);

  return (
    <>
      <PageHeader
        title="System"
        description="Whether the parts of this installation work together."
        actions={
          <>
            <LinkButton href="/admin/system/clouds">Addresses of clouds</LinkButton>
            <StopSwitch
              stop={health.stop}
              waiting={waiting}
              to="any destination"
              stopAction={stopSendingAction}
              startAction={startSendingAction}
            />
          </>
        }
      />
      <div className="space-y-6">
        {health.stop && (
          <StopNote
            stop={health.stop}
            where="to any destination"
            waiting={waiting}
            howToEnd="An administrator ends it with “Switch sending on”, above."
          />
        )}
        {isQueueAway && (
          <Callout tone="danger" title="The queue is not reachable.">
            Announced work waits in PostgreSQL and goes on by itself once {health.queueStore} answers again.
            Nothing is lost.
          </Callout>
        )}
        {health.audit.isLate && (
          <Callout tone="warning" title="The audit log waits for its seals.">
            {health.audit.unsealed} entries are older than a minute and not sealed. Is a worker running?
          </Callout>
        )}
        {health.endingCredentials.length > 0 && (
          <EndingCredentialsTable rows={health.endingCredentials} now={now} />
        )}
        {health.endingReaders.map((life) => (
          <Callout
            key={life.destinationId}
            tone="warning"
            title={`What reads tenant ${tenantWords(life)} for all teams ${lifeWords(life, now)}.`}
            action={<LinkButton href="/admin/destinations">Replace it</LinkButton>}
          >
            Without it, each team sees of the tenant what its own application may.
          </Callout>
        ))}
        {health.orphaned.length > 0 && <OrphanedTable rows={health.orphaned} />}
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <Card>
            <CardHeader title="Database and queue" />
            <CardBody>
              <KeyValueList
                entries={[
                  { label: "PostgreSQL", value: health.databaseVersion },
                  {
                    label: "Size",
                    value: <Count value={Math.round(health.databaseBytes / MEBIBYTE)} unit="MiB" />,
                  },
                  { label: "The queue lives in", value: health.queueStore },
                  ...health.waiting.map(({ queue, jobs }) => ({
                    label: `Jobs waiting: ${queue}`,
                    value: <Count value={jobs} />,
                  })),
                ]}
              />
            </CardBody>
          </Card>
          <Card>
            <CardHeader title="Work" />
            <CardBody>
              <KeyValueList
                entries={[
                  { label: "Runs under way", value: <Count value={health.running.runs} /> },
                  { label: "Pushes under way", value: <Count value={health.running.pushes} /> },
                  { label: "Announced, not yet queued", value: <Count value={health.outbox.unsent} /> },
                  {
                    label: "Oldest of these",
                    value: <RelativeTime at={health.outbox.oldest} noneLabel="none" />,
                  },
                  { label: "Audit entries without a seal", value: <Count value={health.audit.unsealed} /> },
                ]}
              />
            </CardBody>
          </Card>
          <Card>
            <CardHeader
              title="What is kept"
              description="Of what feeds brought, for all teams. The clean-up runs every hour."
            />
            <CardBody>
              <RetentionForm retention={retention} action={updateRetentionAction} />
            </CardBody>
          </Card>
        </div>
      </div>
    </>
  );
}
