import { FileText, FlaskConical, Library, Network, Table2, type LucideIcon } from "lucide-react";

import { cn } from "@/components/ui/cn";
import { Link } from "@/components/ui/link";

type Starter = { title: string; text: string; detail: string; href: string; icon: LucideIcon };
type Props = { team: string; hasSandbox: boolean; className?: string | undefined };

/** Ways to a first feed, each one page long. */
export const FeedStarters = ({ team, hasSandbox, className }: Props) => (
  <ul
    aria-label="Ways to add a feed"
    className={cn("grid grid-cols-1 gap-3 text-left sm:grid-cols-2 lg:grid-cols-3", className)}
  >
    {startersOf(`/t/${team}/feeds/new`, hasSandbox).map((starter) => (
      <li key={starter.title}>
        <Link
          href={starter.href}
          className="bg-surface shadow-card hover:border-strong group flex h-full gap-3 rounded-lg border p-4 transition-colors"
        >
          <span className="bg-accent-tint text-accent grid size-8 shrink-0 place-items-center rounded-md">
            <starter.icon aria-hidden className="size-4" />
          </span>
          <span className="min-w-0">
            <span className="group-hover:text-accent block text-sm font-semibold">{starter.title}</span>
            <span className="text-muted mt-0.5 block text-sm">{starter.text}</span>
            <span className="text-faint mt-1.5 block text-xs">{starter.detail}</span>
          </span>
        </Link>
      </li>
    ))}
  </ul>
);

const startersOf = (href: string, hasSandbox: boolean): Starter[] => [
  ...(hasSandbox
    ? [
        {
          title: "Microsoft COVID-19 (sandbox demo)",
          text: "950 SHA-256 hashes in the shape of Microsoft's list of 2020, filled in for you.",
          detail: "CSV · made up, so nothing in it is real",
          href: `${href}?from=covid19`,
          icon: FlaskConical,
        },
      ]
    : []),
  {
    title: "CSV list by address",
    text: "Rows with columns: say which hold the values, see it at once.",
    detail: "Comma, semicolon, tab or anything else",
    href: `${href}?kind=csv`,
    icon: Table2,
  },
  {
    title: "Text list by address",
    text: "One or many values a line, hosts files, reports: every indicator in it is found.",
    detail: "Defanged spellings are understood",
    href: `${href}?kind=freetext`,
    icon: FileText,
  },
  {
    title: "From the catalogue",
    text: "MISP's default feeds and MineMeld's common miners, each with its settings.",
    detail: "104 well-known feeds",
    href: href.replace(/\/new$/, "/catalogue"),
    icon: Library,
  },
  {
    title: "MISP, TAXII, a vendor's API, a file",
    text: "MISP feeds and servers, TAXII 2.1, JSON with a path to each field, or an upload.",
    detail: "Chosen at the top of the form",
    href: `${href}?kind=misp-feed`,
    icon: Network,
  },
];
