import type { Metadata } from "next";

import { ActionButton } from "@/components/forms/action-button";
import { ActionForm } from "@/components/forms/action-form";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { OneTimeAnswer } from "@/components/forms/one-time-answer";
import { SubmitButton } from "@/components/forms/submit-button";
import { RoleSelect } from "@/components/people/role-select";
import { WithholdDialog } from "@/components/recalls/withhold-dialog";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { LONGEST_TEAM_NAME } from "@/lib/domain/access/team-name";
import { listInvitations } from "@/lib/services/people/invite-user";
import { listMembers, type MemberRow } from "@/lib/services/people/list-members";

import { checkWithholdAction, withholdAction } from "../recalls/actions";
import {
  changeRoleAction,
  inviteAction,
  removeMemberAction,
  renameTeamAction,
  revokeInvitationAction,
} from "./actions";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Settings" };

const MEMBERS_SHOWN = 500;

/** Who is in the team and what they may do. */
export default async function SettingsPage({ params }: Props) {
  const { actor, team } = await requirePage("team.read", (await params).team);
  const mayChange = can(actor, "team.write", team.id);
  const [{ members }, invitations] = await Promise.all([
    listMembers(actor, team.id, { limit: MEMBERS_SHOWN }),
    listInvitations(actor, team.id),
  ]);

  return (
    <>
      <PageHeader
        title="Settings"
        description={`What ${team.name} is called, who is in it and what they may do.`}
        actions={
          <>
            {can(actor, "recall.write", team.id) && (
              <WithholdDialog
                team={team.slug}
                values={{ everything: "true" }}
                trigger="Withdraw everything"
                what={`everything of ${team.name}`}
                action={withholdAction}
                checkAction={checkWithholdAction}
              />
            )}
            {mayChange && <TextLink href={`/t/${team.slug}/settings/rules`}>Rules</TextLink>}
            <TextLink href="/account">Your tokens and sessions</TextLink>
          </>
        }
      />
      <div className="space-y-6">
        {mayChange && (
          <Card>
            <CardHeader
              title="Name"
              description="It stands in every record that the team has at Microsoft."
            />
            <CardBody>
              <ActionForm action={renameTeamAction} label="Rename the team">
                <HiddenFields values={{ team: team.slug }} />
                <Field
                  name="name"
                  label="Name of the team"
                  hint="Another name changes all of these records: the next plan of each connector lists them. Rules and workbooks in Sentinel that look for the old name have to be deployed again."
                  required
                >
                  <Input defaultValue={team.name} maxLength={LONGEST_TEAM_NAME} autoComplete="off" />
                </Field>
                <FormStatus />
                <SubmitButton variant="secondary">Rename</SubmitButton>
              </ActionForm>
            </CardBody>
          </Card>
        )}
        {mayChange && (
          <Card>
            <CardHeader
              title="Invite somebody"
              description="You get a one-time link to hand over; no mail is sent."
            />
            <CardBody>
              <OneTimeAnswer
                action={inviteAction}
                label="Invite somebody"
                secretLabel="Invitation link"
                note="It opens once and holds 7 days. Hand it over on a way you trust."
              >
                <HiddenFields values={{ team: team.slug }} />
                <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
                  <Field name="email" label="E-mail" required>
                    <Input type="email" autoComplete="off" />
                  </Field>
                  <Field name="role" label="Role">
                    <RoleSelect />
                  </Field>
                </div>
                <FormStatus />
                <SubmitButton>Make the link</SubmitButton>
              </OneTimeAnswer>
            </CardBody>
          </Card>
        )}
        <Card>
          <CardHeader title="Members" />
          <TableScroll label="Members">
            <Table>
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th>E-mail</Th>
                  <Th>Role</Th>
                  <Th>Last sign-in</Th>
                  {mayChange && <Th>Change</Th>}
                </tr>
              </thead>
              <tbody>
                {members.map((member) => (
                  <Tr key={member.userId}>
                    <RowTh>
                      {member.name} {member.isAdministrator && <Badge>Administrator</Badge>}{" "}
                      {member.disabledAt && <Badge tone="warning">Disabled</Badge>}
                    </RowTh>
                    <Td>{member.email}</Td>
                    <Td className="capitalize">{member.role}</Td>
                    <Td>
                      <RelativeTime at={member.lastSignInAt} />
                    </Td>
                    {mayChange && (
                      <Td>
                        <MemberActions member={member} team={team.slug} />
                      </Td>
                    )}
                  </Tr>
                ))}
                {members.length === 0 && (
                  <Tr>
                    <Td colSpan={5} className="text-muted">
                      Nobody yet. Administrators act as owners here without being members.
                    </Td>
                  </Tr>
                )}
              </tbody>
            </Table>
          </TableScroll>
        </Card>
        {invitations.length > 0 && (
          <Card>
            <CardHeader title="Open invitations" description="Links that were not used yet." />
            <TableScroll label="Open invitations">
              <Table>
                <thead>
                  <tr>
                    <Th>E-mail</Th>
                    <Th>Role</Th>
                    <Th>Ends</Th>
                    {mayChange && <Th>Change</Th>}
                  </tr>
                </thead>
                <tbody>
                  {invitations.map(({ id, email, role, expiresAt }) => (
                    <Tr key={id}>
                      <RowTh>{email}</RowTh>
                      <Td className="capitalize">{role}</Td>
                      <Td>
                        <RelativeTime at={expiresAt} />
                      </Td>
                      {mayChange && (
                        <Td>
                          <ActionButton
                            action={revokeInvitationAction}
                            values={{ team: team.slug, invitationId: id }}
                            size="sm"
                          >
                            Revoke
                          </ActionButton>
                        </Td>
                      )}
                    </Tr>
                  ))}
                </tbody>
              </Table>
            </TableScroll>
          </Card>
        )}
      </div>
    </>
  );
}

const MemberActions = ({ member, team }: { member: MemberRow; team: string }) => (
  <div className="flex flex-wrap gap-2">
    <Dialog trigger="Role" size="sm" title={`Role of ${member.name}`}>
      <ActionForm action={changeRoleAction} label={`Role of ${member.name}`} closesDialog>
        <HiddenFields values={{ team, userId: member.userId }} />
        <Field name="role" label="Role">
          <RoleSelect defaultValue={member.role} />
        </Field>
        <FormStatus />
        <SubmitButton>Save</SubmitButton>
      </ActionForm>
    </Dialog>
    <ConfirmDialog
      trigger="Remove"
      size="sm"
      title={`Remove ${member.name} from the team?`}
      confirmLabel="Remove"
      action={removeMemberAction}
      values={{ team, userId: member.userId }}
    >
      <p>They lose access at once. What they made stays, and they can be invited again.</p>
    </ConfirmDialog>
  </div>
);
