import type { Metadata } from "next";
import { notFound } from "next/navigation";

import { EFFECT_LABELS, EFFECT_TITLES, MATCH_LABELS } from "@/components/allowlists/effect-words";
import { EntryForm } from "@/components/allowlists/entry-form";
import { EntrySearch } from "@/components/allowlists/entry-search";
import { EntryTable } from "@/components/allowlists/entry-table";
import { SetEffectForm } from "@/components/allowlists/set-effect-form";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { Section } from "@/components/ui/section";
import { requirePage } from "@/lib/auth/require-page";
import { can } from "@/lib/domain/access/actor";
import { listEntries } from "@/lib/services/allowlists/entries";
import { getAllowlist } from "@/lib/services/allowlists/get-allowlist";

import { orNotFound, readId } from "../../../../or-not-found";
import {
  addEntriesAction,
  checkEntriesAction,
  deleteAllowlistAction,
  removeEntryAction,
  setEffectAction,
} from "../actions";
import { readEntryQuery } from "./entry-query";

type Props = {
  params: Promise<{ team: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: "Allowlist" };

const SHOWN = 100;

/** One allowlist: its entries with who put them there and why, what a new one would do, and how to take one out. */
export default async function AllowlistPage({ params, searchParams }: Props) {
  const { team: slug, id } = await params;
  const { actor, team } = await requirePage("allowlist.read", slug);
  const list = await orNotFound(getAllowlist(actor, readId(id)));
  const isInstallation = list.teamId === null;
  if (!isInstallation && list.teamId !== team.id) notFound();
  const { q, after } = readEntryQuery(await searchParams);
  const { entries, next } = await listEntries(actor, list, { limit: SHOWN, after, q });
  const mayWrite = can(actor, "allowlist.write", team.id) && (!isInstallation || can(actor, "admin.system"));
  const values = { team: team.slug, listId: list.id };
  const path = `/t/${team.slug}/allowlists/${list.id}`;

  return (
    <>
      <PageHeader
        title={list.name}
        crumbs={[{ label: "Allowlists", href: `/t/${team.slug}/allowlists` }, { label: list.name }]}
        badges={
          <Badge tone={list.effect === "stop" ? "danger" : "warning"}>{EFFECT_TITLES[list.effect]}</Badge>
        }
        description={
          <>
            {MATCH_LABELS[list.match].label}. {MATCH_LABELS[list.match].hint} Made by {list.createdBy},{" "}
            <RelativeTime at={list.createdAt} />.
          </>
        }
        actions={
          mayWrite && (
            <ConfirmDialog
              trigger="Delete"
              variant="danger-quiet"
              title={`Delete “${list.name}”?`}
              confirmLabel="Delete the list"
              action={deleteAllowlistAction}
              values={values}
            >
              <p>
                Its entries go with it. What only this list kept in becomes active again and goes to the
                destinations with the next plan.
              </p>
            </ConfirmDialog>
          )
        }
      />
      <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <Section title="Entries" description="In the order of their values.">
          <div className="space-y-3">
            <EntrySearch path={path} q={q} />
            <EntryTable
              team={team.slug}
              listId={list.id}
              entries={entries}
              isSearch={q !== ""}
              action={mayWrite ? removeEntryAction : undefined}
            />
            {next !== null && (
              <LinkButton
                href={`${path}?${new URLSearchParams({ ...(q !== "" && { q }), after: next }).toString()}`}
              >
                Further entries
              </LinkButton>
            )}
          </div>
        </Section>
        <div className="space-y-6">
          {mayWrite ? (
            <>
              <EntryForm
                values={values}
                match={list.match}
                effect={list.effect}
                addAction={addEntriesAction}
                checkAction={checkEntriesAction}
              />
              <Card>
                <CardHeader title="What the list does" description={EFFECT_LABELS[list.effect]} />
                <CardBody>
                  <SetEffectForm values={values} effect={list.effect} action={setEffectAction} />
                </CardBody>
              </Card>
            </>
          ) : (
            <Callout tone="info" role="note" title="You can read this list">
              {isInstallation
                ? "It holds for every team, and administrators keep it."
                : "An analyst or owner of the team keeps it."}
            </Callout>
          )}
        </div>
      </div>
    </>
  );
}
