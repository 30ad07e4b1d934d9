import type { Metadata } from "next";

import { BuiltInCard } from "@/components/allowlists/built-in-card";
import { BundledTable } from "@/components/allowlists/bundled-table";
import { ListTable } from "@/components/allowlists/list-table";
import { NewListDialog } from "@/components/allowlists/new-list-dialog";
import { Callout } from "@/components/ui/callout";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Section } from "@/components/ui/section";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { listAllowlists } from "@/lib/services/allowlists/list-allowlists";

import { chooseBundledAction, createAllowlistAction } from "./actions";

type Props = { params: Promise<{ team: string }> };

export const metadata: Metadata = { title: "Allowlists" };

/** What must not be blocked, whoever says that it is malicious: the team's own lists, the product's, and what is built in. */
export default async function AllowlistsPage({ params }: Props) {
  const { actor, team } = await requirePage("allowlist.read", (await params).team);
  const { lists, bundled, builtIn, screenedAt, isBehind } = await listAllowlists(actor, team.id);
  const mayWrite = can(actor, "allowlist.write", team.id);
  const newList = mayWrite && <NewListDialog team={team.slug} action={createAllowlistAction} />;
  return (
    <>
      <PageHeader
        title="Allowlists"
        description={
          <>
            What must not be blocked, whoever says that it is malicious.{" "}
            {screenedAt !== null && (
              <>
                All of the team’s values were last screened <RelativeTime at={screenedAt} />.
              </>
            )}
          </>
        }
        actions={newList}
      />
      <div className="space-y-8">
        {isBehind && (
          <Callout tone="info" title="The team’s values are being screened anew">
            A list was changed. Plans and pushes go by the lists as they stand already; the numbers of hits
            follow in a moment.
          </Callout>
        )}
        <Section
          title="Your team’s lists"
          description="Crown jewels: your own domains and networks, partners, what keeps the house running. Lists of the installation hold for every team."
        >
          <ListTable team={team.slug} lists={lists} newList={newList} />
        </Section>
        <Section
          title="Lists that come with the product"
          description="From public sources, each with its licence and version. What a list does in your team is yours to choose."
        >
          <BundledTable
            team={team.slug}
            lists={bundled}
            action={mayWrite ? chooseBundledAction : undefined}
          />
        </Section>
        <BuiltInCard hits={builtIn} isBehind={isBehind} />
      </div>
    </>
  );
}
