import { Download } from "lucide-react";

import { buttonClass } from "@/components/ui/button-class";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { FeedKind } from "@/lib/domain/feed/kinds";

import { FEED_KIND_LABELS } from "./kind-words";

/** What a file of definitions would hold, and what would stay behind. */
type ExportContents = {
  definitions: readonly unknown[];
  withoutSecrets: readonly { name: string; secrets: readonly string[] }[];
  leftOut: readonly { name: string; kind: FeedKind; reason: string }[];
};
type Props = {
  /** Where the files are. */
  href: string;
  /** The file that MISP imports as well. */
  misp: ExportContents;
  /** The file for Sluice alone. */
  sluice: ExportContents;
};

/** The team's feeds as files, each with what is not in it said before it is taken. */
export const ExportCard = ({ href, misp, sluice }: Props) => {
  const hasMore = sluice.definitions.length > misp.definitions.length;
  return (
    <Card id="export" className="scroll-mt-20">
      <CardHeader
        title={
          <span className="flex items-center gap-2">
            <Download aria-hidden className="size-4" /> Export this team&apos;s feeds
          </span>
        }
        description="Definitions in MISP's form, with every setting. MISP reads its own fields and passes over the rest; imported here, a feed is as it was."
      />
      <CardBody className="space-y-4">
        {sluice.withoutSecrets.length > 0 && (
          <Callout tone="info" title="Secrets are in no file." role="note">
            <p>Give them anew after the import:</p>
            <ul className="list-disc pl-4">
              {sluice.withoutSecrets.map(({ name, secrets }) => (
                <li key={name} className="wrap-anywhere">
                  <strong>{name}</strong>: {secrets.join(", ")}
                </li>
              ))}
            </ul>
          </Callout>
        )}
        {sluice.definitions.length + sluice.leftOut.length === 0 ? (
          <p className="text-muted text-sm">The team has no feed to export yet.</p>
        ) : (
          <ExportFile title="For MISP and Sluice" contents={misp} href={href} label="Download for MISP" />
        )}
        {hasMore && (
          <ExportFile
            title="For Sluice alone"
            contents={sluice}
            href={`${href}?for=sluice`}
            label="Download for Sluice"
          />
        )}
      </CardBody>
    </Card>
  );
};

type FileProps = { title: string; contents: ExportContents; href: string; label: string };

const ExportFile = ({ title, contents: { definitions, leftOut }, href, label }: FileProps) => {
  const all = definitions.length + leftOut.length;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-72 text-sm">
        <h3 className="font-semibold">{title}</h3>
        <p>
          {leftOut.length === 0
            ? `${formatCount(all, "feed")}, all but the team’s own list.`
            : `${formatNumber(definitions.length)} of ${formatCount(all, "feed")}, not counting the team’s own list. Not in it:`}
        </p>
        {leftOut.length > 0 && (
          <ul aria-label={`Not in the file: ${title}`} className="text-muted list-disc pl-4">
            {leftOut.map(({ name, kind, reason }) => (
              <li key={name} className="wrap-anywhere">
                <span className="text-ink font-medium">{name}</span> ({FEED_KIND_LABELS[kind]}): {reason}
              </li>
            ))}
          </ul>
        )}
      </div>
      {definitions.length > 0 && (
        <a href={href} download className={buttonClass({})}>
          <Download aria-hidden />
          {label}
        </a>
      )}
    </div>
  );
};
