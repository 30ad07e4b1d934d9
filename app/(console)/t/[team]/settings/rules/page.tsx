import type { Metadata } from "next";

import { FadingForm } from "@/components/team-rules/fading-form";
import { SecondPersonForm } from "@/components/team-rules/second-person-form";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { getTeamRules } from "@/lib/services/people/team-rules";

import { setFadingAction, setSecondPersonAction } from "./actions";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Rules" };

/** Who must agree to changes of the team's own list, and how confidence fades. */
export default async function RulesPage({ params }: Props) {
  const { actor, team } = await requirePage("team.write", (await params).team);
  const { secondPerson, secondPersonWithdrawals, fading } = await getTeamRules(actor, team.id);
  return (
    <>
      <PageHeader
        title="Rules"
        description={`What ${team.name} asks of its own list, and how its confidence fades.`}
        crumbs={[{ label: "Settings", href: `/t/${team.slug}/settings` }, { label: "Rules" }]}
      />
      <div className="space-y-6">
        <Card>
          <CardHeader
            title="A second person"
            description="Whoever proposed something cannot approve it; another analyst or owner does, under Proposals."
          />
          <CardBody>
            <SecondPersonForm
              team={team.slug}
              secondPerson={secondPerson}
              waitsToWithdraw={secondPersonWithdrawals}
              action={setSecondPersonAction}
            />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title="Fading confidence" description="Off for every type without a half-life." />
          <CardBody>
            <FadingForm team={team.slug} rules={fading} action={setFadingAction} />
          </CardBody>
        </Card>
      </div>
    </>
  );
}
