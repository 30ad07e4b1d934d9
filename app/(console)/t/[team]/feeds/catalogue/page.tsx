import { Download, Upload } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";

import { CatalogueCards } from "@/components/feeds/catalogue-cards";
import { CatalogueSearch } from "@/components/feeds/catalogue-search";
import { ExportCard } from "@/components/feeds/export-card";
import { ImportForm } from "@/components/feeds/import-form";
import { buttonClass } from "@/components/ui/button-class";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { FEED_KINDS } from "@/lib/domain/feed/kinds";
import { exportFeeds } from "@/lib/services/feeds/export-feeds";
import { listCatalogue } from "@/lib/services/feeds/list-catalogue";
import { listFeeds } from "@/lib/services/feeds/list-feeds";

import { importFeedsAction } from "../actions";

export const metadata: Metadata = { title: "Feed catalogue" };

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const paramsSchema = z.object({
  q: z.string().max(100).catch(""),
  kind: z.enum(FEED_KINDS).optional().catch(undefined),
});

/** So many feeds of the team are looked at to mark what it has already. */
const MAX_FEEDS = 500;

/** Well-known feeds, one click from a filled form; definitions in MISP's form go in and out. */
export default async function CataloguePage({ params, searchParams }: Props) {
  const { actor, team } = await requirePage("feed.write", (await params).team);
  const { q, kind } = paramsSchema.parse(await searchParams);
  const entries = listCatalogue(q).filter((entry) => kind === undefined || entry.kind === kind);
  const { feeds } = await listFeeds(actor, { teamIds: [team.id], limit: MAX_FEEDS, after: null });
  const [misp, sluice] = await Promise.all([
    exportFeeds(actor, team.id, "misp"),
    exportFeeds(actor, team.id, "sluice"),
  ]);
  const listHref = `/t/${team.slug}/feeds`;

  return (
    <>
      <PageHeader
        title="Feed catalogue"
        description="MISP's default feeds and MineMeld's common miners. None is fetched before you add it; the preview shows whether its address still answers."
        crumbs={[{ label: "Feeds", href: listHref }, { label: "Catalogue" }]}
        actions={
          <>
            <a href="#import" className={buttonClass({})}>
              <Upload aria-hidden />
              Import
            </a>
            <a href="#export" className={buttonClass({})}>
              <Download aria-hidden />
              Export
            </a>
          </>
        }
      />
      <div className="space-y-6">
        <CatalogueSearch q={q} kind={kind} found={formatCount(entries.length, "feed")} />
        <CatalogueCards
          team={team.slug}
          entries={entries}
          taken={new Set(feeds.flatMap(({ url }) => (url === null ? [] : [url])))}
        />
        <Card id="import" className="scroll-mt-20">
          <CardHeader
            title={
              <span className="flex items-center gap-2">
                <Upload aria-hidden className="size-4" /> Import from MISP or Sluice
              </span>
            }
            description="Paste what MISP's “Feeds → Export” or /feeds.json gives, or a file of Sluice. Every setting is read; each definition is told what became of it."
          />
          <CardBody>
            <ImportForm team={team.slug} action={importFeedsAction} />
          </CardBody>
        </Card>
        <ExportCard href={`${listHref}/export.json`} misp={misp} sluice={sluice} />
      </div>
    </>
  );
}
