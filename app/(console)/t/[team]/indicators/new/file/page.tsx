import type { Metadata } from "next";

import { AddTabs } from "@/components/indicators/add-tabs";
import { FileForm } from "@/components/indicators/file-form";
import { formatNumber } from "@/components/ui/format-number";
import { DefaultEndDialog } from "@/components/indicators/default-end-dialog";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { MAX_IMPORT_BYTES } from "@/lib/domain/indicator/import-file";
import { MAX_LOCAL_ITEMS } from "@/lib/domain/indicator/local";
import { can } from "@/lib/domain/access/actor";
import { readDefaultEnd } from "@/lib/services/indicators/local-feed";

import { checkFileAction, importFileAction, setDefaultEndAction } from "../actions";

export const metadata: Metadata = { title: "Import a file" };

type Props = { params: Promise<{ team: string }> };

/** A file of indicators: what each row becomes is shown before any is added. */
export default async function ImportFilePage({ params }: Props) {
  const { actor, team } = await requirePage("indicator.write", (await params).team);
  const rule = await readDefaultEnd(team.id);
  const listHref = `/t/${team.slug}/indicators`;
  return (
    <>
      <PageHeader
        title="Import a file"
        description="Into your team's own list, once. For a list that changes, add a feed instead: it follows the list."
        crumbs={[{ label: "Indicators", href: listHref }, { label: "Import a file" }]}
        actions={
          can(actor, "feed.write", team.id) && (
            <DefaultEndDialog team={team.slug} rule={rule} action={setDefaultEndAction} />
          )
        }
      />
      <AddTabs team={team.slug} />
      <FileForm
        team={team.slug}
        end={{ rule, at: new Date().toISOString() }}
        importAction={importFileAction}
        checkAction={checkFileAction}
        maxMegabytes={MAX_IMPORT_BYTES / (1024 * 1024)}
        maxRows={formatNumber(MAX_LOCAL_ITEMS)}
      />
    </>
  );
}
