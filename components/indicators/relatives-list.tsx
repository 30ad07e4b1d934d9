import { TextLink } from "@/components/ui/text-link";
import { formatNumber } from "@/components/ui/format-number";

import { defangText } from "./defang-text";

export type ShownRelatives = {
  kind: "host" | "domain" | "network" | "file" | "event";
  name: string;
  filter: { q: string } | { event: string };
  count: number;
  isMore: boolean;
};

/** What else of the team shares something with a value: a count of each kind, which leads to the list of them. */
export const RelativesList = ({ team, relatives }: { team: string; relatives: readonly ShownRelatives[] }) =>
  relatives.length === 0 ? (
    <p className="text-muted text-sm">
      Nothing else of your team shares its host, domain, network, file, or an event at a source.
    </p>
  ) : (
    <ul className="space-y-2 text-sm">
      {relatives.map(({ kind, name, filter, count, isMore }) => (
        <li key={`${kind} ${name}`} className="break-words">
          <TextLink href={`/t/${team}/indicators?${new URLSearchParams(filter).toString()}`}>
            {sayCount(count, isMore)} {WHERE[kind]}
          </TextLink>
          <span className="text-muted block text-xs break-all">
            {kind === "event" ? name : defangText(name)}
          </span>
        </li>
      ))}
    </ul>
  );

const sayCount = (count: number, isMore: boolean): string => {
  // So many of them are known that not all were looked at.
  if (count === 0) return "Perhaps others";
  return `${formatNumber(count)}${isMore ? "+" : ""} ${count === 1 && !isMore ? "other" : "others"}`;
};

const WHERE: Readonly<Record<ShownRelatives["kind"], string>> = {
  host: "on the same host",
  domain: "on the same registered domain",
  network: "in or around the same network",
  file: "which is a stronger hash of the same file",
  event: "of the same event at the source",
};
