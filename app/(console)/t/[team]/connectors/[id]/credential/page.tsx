import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { CredentialFacts } from "@/components/connectors/credential-facts";
import { CredentialFields } from "@/components/connectors/credential-fields";
import { ActionButton } from "@/components/forms/action-button";
import { ActionForm } from "@/components/forms/action-form";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import { FormActions } from "@/components/forms/field-group";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { ConnectionChecks } from "@/components/connectors/connection-checks";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { EXPIRY_THRESHOLDS_DAYS } from "@/lib/domain/connector/credential-life";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { listCredentials, type ConnectorCredentials } from "@/lib/services/connectors/list-credentials";
import { listMachineIdentities } from "@/lib/services/connectors/machine-identities";

import { orNotFound, readId } from "../../../../../or-not-found";
import {
  activateSuccessorAction,
  discardSuccessorAction,
  goBackAction,
  stageCredentialAction,
  stateSecretEndAction,
  testSuccessorAction,
} from "./actions";

type Props = { params: Promise<{ team: string; id: string }> };

export const metadata: Metadata = { title: "Secret of a connector" };

/** What a connector signs in with: how long it holds, its successor, and the way back. */
export default async function CredentialPage({ params }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("connector.read", slug);
  const connector = await orNotFound(getConnector(actor, readId(id)));
  if (connector.teamId !== team.id) notFound();
  const credentials = await listCredentials(actor, connector);
  const base = `/t/${team.slug}/connectors`;
  const mayWrite = can(actor, "connector.write", team.id);
  const values = { team: team.slug, id: connector.id };
  const parts = { credentials, values, mayWrite, now: new Date() };

  return (
    <>
      <PageHeader
        title="Secret or certificate"
        description={`What ${connector.name} signs in with as application ${connector.clientId}.`}
        crumbs={[
          { label: "Connectors", href: base },
          { label: connector.name, href: `${base}/${connector.id}` },
        ]}
        actions={<LinkButton href={`${base}/guide?connector=${connector.id}`}>How to make one</LinkButton>}
      />
      <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
        <Present {...parts} />
        <Successor {...parts} />
        {mayWrite && (
          <Card id="stage" className="scroll-mt-4">
            <CardHeader
              title={credentials.successor === null ? "Stage a successor" : "Replace the successor"}
              description={
                credentials.successor === null
                  ? "Make it in Entra ID beside the present one. It is tried out at once; nothing changes until you activate it."
                  : "The staged one is forgotten, and the new one is tried out at once. Nothing changes until you activate it."
              }
            />
            <CardBody>
              {/* What became of it stands beside it, for as long as it is so. */}
              <ActionForm action={stageCredentialAction} label="Stage a successor" resetsOnDone isQuiet>
                <HiddenFields values={values} />
                <CredentialFields identities={actor.isAdministrator ? listMachineIdentities() : []} />
                <FormStatus />
                <FormActions>
                  <SubmitButton pendingLabel="Trying it out">Stage and test</SubmitButton>
                </FormActions>
              </ActionForm>
            </CardBody>
          </Card>
        )}
      </div>
    </>
  );
}

const BEFORE_ITS_END = `${EXPIRY_THRESHOLDS_DAYS.slice(0, -1).join(", ")} and ${String(EXPIRY_THRESHOLDS_DAYS.at(-1))} days before it ends, at its end, and once`;
const whenTold = (active: NonNullable<ConnectorCredentials["active"]>): string => {
  if (active.expiresAt) return BEFORE_ITS_END;
  return active.kind === "secret" ? "Nobody told when it ends, so nothing is said beforehand. Once" : "Once";
};
const TOLD_AT =
  "the team’s overview and activity, the list of connectors, Administration → System, the log and the metrics say so. No mail is sent.";

type Parts = {
  credentials: ConnectorCredentials;
  values: { team: string; id: string };
  mayWrite: boolean;
  now: Date;
};

const Present = ({ credentials: { active, previous }, values, mayWrite, now }: Parts) => (
  <Card>
    <CardHeader
      title="In use"
      {...(active && { description: `${whenTold(active)} Microsoft refuses it, ${TOLD_AT}` })}
    />
    <CardBody className="space-y-4">
      {active === null ? (
        <Callout tone="danger" title="There is none." role="note">
          Nothing can be sent. Stage one and activate it.
        </Callout>
      ) : (
        <CredentialFacts credential={active} now={now} />
      )}
      {mayWrite && active?.kind === "secret" && active.expirySource !== "entra" && (
        <ActionForm action={stateSecretEndAction} label="When the secret ends">
          <HiddenFields values={values} />
          <Field
            name="expiresAt"
            label="It ends on"
            hint="Grant the application Application.Read.All of Microsoft Graph, and Sluice reads it from Entra ID once a day."
          >
            <Input type="date" defaultValue={active.expiresAt?.toISOString().slice(0, 10) ?? ""} />
          </Field>
          <FormStatus />
          <FormActions>
            <SubmitButton variant="secondary">Save the day</SubmitButton>
          </FormActions>
        </ActionForm>
      )}
      {previous !== null && (
        <Callout
          tone="info"
          title="What it replaced is still kept."
          role="note"
          action={
            mayWrite && (
              <ActionButton action={goBackAction} values={values}>
                Go back to it
              </ActionButton>
            )
          }
        >
          It was replaced and is forgotten <RelativeTime at={previous.keptUntil} />. Leave it in Entra ID
          until then.
        </Callout>
      )}
    </CardBody>
  </Card>
);

const Successor = ({ credentials: { successor }, values, mayWrite, now }: Parts) => (
  <Card>
    <CardHeader title="Successor" />
    <CardBody className="space-y-4">
      {successor === null ? (
        <p className="text-muted text-sm">None is staged.</p>
      ) : (
        <>
          <CredentialFacts credential={successor} now={now} />
          {successor.lastTest && <ConnectionChecks checks={successor.lastTest.checks} />}
          {mayWrite && (
            <div className="flex flex-wrap gap-2">
              {successor.lastTest?.ok === true && <Activate values={values} />}
              <ActionButton
                action={testSuccessorAction}
                values={values}
                variant={successor.lastTest?.ok === true ? "secondary" : "primary"}
              >
                Test again
              </ActionButton>
              {successor.lastTest?.ok !== true && <LinkButton href="#stage">Replace</LinkButton>}
              <ActionButton action={discardSuccessorAction} values={values}>
                Discard
              </ActionButton>
            </div>
          )}
        </>
      )}
    </CardBody>
  </Card>
);

const Activate = ({ values }: Pick<Parts, "values">) => (
  <ConfirmDialog
    trigger="Activate"
    variant="primary"
    title="Let the successor take over?"
    confirmLabel="Activate"
    isDangerous={false}
    action={activateSuccessorAction}
    values={values}
  >
    <p>
      It is tried out once more, and takes over only if every check passes. A push under way ends its batch as
      it is and goes on with the new one. What is replaced is kept for a day.
    </p>
  </ConfirmDialog>
);
