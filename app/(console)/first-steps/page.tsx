import { Users } from "lucide-react";
import type { Metadata } from "next";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { PageHeader } from "@/components/ui/page-header";
import { StepList, type Step } from "@/components/ui/steps";
import { requireSignedIn } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";

import { ConsoleShell } from "../console-shell";
import { createFirstTeamAction } from "./actions";

export const metadata: Metadata = { title: "First steps" };

/** For who is in no team: an administrator names the first one, anybody else learns whom to ask. */
export default async function FirstStepsPage() {
  const actor = await requireSignedIn();
  return (
    <ConsoleShell team={null}>
      <div className="mx-auto max-w-3xl">{can(actor, "admin.teams") ? <NameATeam /> : <NoTeamYet />}</div>
    </ConsoleShell>
  );
}

const NameATeam = () => (
  <>
    <PageHeader
      title="Welcome to Sluice"
      description="Threat feeds and your analysts' own indicators flow through a team to Microsoft Defender and Sentinel, and carry the team's name all the way."
    />
    <div className="space-y-5">
      <Card>
        <CardHeader title="Name your first team" />
        <CardBody>
          <ActionForm action={createFirstTeamAction} label="Name your first team">
            <Field
              name="name"
              label="Team"
              hint="It stands in the title of every record at Microsoft. You can add more teams later."
              required
            >
              <Input placeholder="Team A" autoComplete="off" />
            </Field>
            <FormStatus />
            <SubmitButton pendingLabel="Making the team">Make the team</SubmitButton>
          </ActionForm>
        </CardBody>
      </Card>
      <StepList label="What comes next" steps={NEXT_STEPS} />
    </div>
  </>
);

const NoTeamYet = () => (
  <>
    <PageHeader title="You are in no team yet" />
    <EmptyState icon={Users} title="Everything here belongs to a team">
      An administrator or the owner of a team can invite you. Once you are in, its feeds, indicators and
      connectors appear here by themselves.
    </EmptyState>
  </>
);

const NEXT_STEPS: readonly Step[] = [
  { title: "Name a team", detail: "Who vouches for what is sent. Half a minute.", state: "current" },
  {
    title: "Connect a destination",
    detail: "Microsoft Defender or Sentinel, or the sandbox to try it out. Two minutes with the sandbox.",
    state: "next",
  },
  {
    title: "Add a feed",
    detail: "Any list at an address, shown before it is saved. Two minutes.",
    state: "next",
  },
  {
    title: "Review the first plan",
    detail: "What would be sent, and why the rest stays here. Nothing leaves before you apply it.",
    state: "next",
  },
];
