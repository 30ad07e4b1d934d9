import type { Metadata } from "next";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormStatus } from "@/components/forms/form-status";
import { OneTimeAnswer } from "@/components/forms/one-time-answer";
import { SubmitButton } from "@/components/forms/submit-button";
import { RoleSelect } from "@/components/people/role-select";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { Input } from "@/components/ui/input";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Select } from "@/components/ui/select";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { requirePage } from "@/lib/auth/require-page";
import { listTeams } from "@/lib/services/people/list-teams";

import { createTeamAction, inviteIntoTeamAction } from "./actions";

export const metadata: Metadata = { title: "Teams" };

const SHOWN = 500;

/** All teams of the installation; new ones and the first people in them. */
export default async function TeamsPage() {
  const { actor } = await requirePage("admin.teams");
  const { teams } = await listTeams(actor, { limit: SHOWN });

  return (
    <>
      <PageHeader
        title="Teams"
        description="Who vouches for what is sent. A team sees its own feeds, comments and counts alone."
      />
      <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
        <Card>
          <CardHeader title="Add a team" />
          <CardBody>
            <ActionForm action={createTeamAction} label="Add a team" resetsOnDone>
              <Field
                name="name"
                label="Team"
                hint="It stands in the title of every record at Microsoft."
                required
              >
                <Input autoComplete="off" />
              </Field>
              <FormStatus />
              <SubmitButton>Add the team</SubmitButton>
            </ActionForm>
          </CardBody>
        </Card>
        <Card>
          <CardHeader
            title="Invite somebody into a team"
            description="You get a one-time link to hand over; no mail is sent."
          />
          <CardBody>
            <OneTimeAnswer
              action={inviteIntoTeamAction}
              label="Invite somebody into a team"
              secretLabel="Invitation link"
              note="It opens once and holds 7 days. Hand it over on a way you trust."
            >
              <Field name="teamId" label="Team" required>
                <Select
                  placeholder="Choose a team"
                  options={teams.map(({ id, name }) => ({ value: id, label: name }))}
                />
              </Field>
              <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
                <Field name="email" label="E-mail" required>
                  <Input type="email" autoComplete="off" />
                </Field>
                <Field name="role" label="Role">
                  <RoleSelect defaultValue="owner" />
                </Field>
              </div>
              <FormStatus />
              <SubmitButton>Make the link</SubmitButton>
            </OneTimeAnswer>
          </CardBody>
        </Card>
      </div>
      <Card className="mt-6">
        <TableScroll label="Teams">
          <Table>
            <thead>
              <tr>
                <Th>Team</Th>
                <Th>Address</Th>
                <Th isNumeric>Members</Th>
                <Th>Made</Th>
              </tr>
            </thead>
            <tbody>
              {teams.map(({ id, name, slug, members, createdAt }) => (
                <Tr key={id}>
                  <RowTh>
                    <TextLink href={`/t/${slug}/overview`}>{name}</TextLink>
                  </RowTh>
                  <Td className="font-mono text-xs">{slug}</Td>
                  <Td isNumeric>
                    <Count value={members} />
                  </Td>
                  <Td>
                    <RelativeTime at={createdAt} />
                  </Td>
                </Tr>
              ))}
              {teams.length === 0 && (
                <Tr>
                  <Td colSpan={4} className="text-muted">
                    No team yet.
                  </Td>
                </Tr>
              )}
            </tbody>
          </Table>
        </TableScroll>
      </Card>
    </>
  );
}
