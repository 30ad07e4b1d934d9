import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";

import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { ACTIONS } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { countForeign } from "@/lib/services/reconcile/list-foreign";
import { countStrangers, STRANGER_STATES } from "@/lib/services/reconcile/list-strangers";

import { orNotFound, readId } from "../../../../../or-not-found";
import { OthersList } from "./others-list";
import { StrangersList } from "./strangers-list";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Not sent by Sluice" };

const part = z.string().trim().min(1).max(200).optional().catch(undefined);
const paramsSchema = z.object({
  of: z.enum(["strangers", "others"]).catch("strangers"),
  q: part,
  state: z.enum(STRANGER_STATES).optional().catch(undefined),
  type: z.enum(INDICATOR_TYPES).optional().catch(undefined),
  action: z.enum(ACTIONS).optional().catch(undefined),
  maker: part,
  wanted: z.enum(["true"]).optional().catch(undefined),
  cursor: z.string().min(1).max(1_000).optional().catch(undefined),
});

/** What stands at a destination and Sluice did not send: what its own application made and nobody here knows of, and what others hold. */
export default async function UnsentPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("connector.read", slug);
  const connector = await orNotFound(getConnector(actor, readId(id)));
  if (connector.teamId !== team.id) notFound();
  const { of, ...asked } = paramsSchema.parse(await searchParams);
  const own = { id: connector.id, teamId: team.id };
  const [strangers, foreign] = await Promise.all([
    countStrangers(own),
    connector.kind === "defender" ? countForeign(own) : null,
  ]);
  const base = `/t/${team.slug}`;
  const path = `${base}/connectors/${connector.id}/unsent`;
  const list = { actor, team, connector, path, asked };

  return (
    <>
      <PageHeader
        title="Not sent by Sluice"
        description={`What stands at ${connector.name}’s destination, by the last comparison, and was not sent from here.`}
        crumbs={[
          { label: "Connectors", href: `${base}/connectors` },
          { label: connector.name, href: `${base}/connectors/${connector.id}` },
        ]}
      />
      {connector.kind === "defender" && (
        <LinkTabs
          label="Made by"
          tabs={[
            {
              href: path,
              label: "Not known here",
              count: STRANGER_STATES.reduce((sum, state) => sum + strangers[state], 0),
              isCurrent: of === "strangers",
            },
            {
              href: `${path}?of=others`,
              label: "Held by others",
              count: foreign?.count,
              isCurrent: of === "others",
            },
          ]}
        />
      )}
      {of === "others" && connector.kind === "defender" ? (
        <OthersList {...list} counts={foreign} />
      ) : (
        <StrangersList {...list} counts={strangers} />
      )}
    </>
  );
}
