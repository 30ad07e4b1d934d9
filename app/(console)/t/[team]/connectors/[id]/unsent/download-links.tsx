import { TextLink } from "@/components/ui/text-link";

import { toQuery } from "./to-query";

type Props = {
  of: "strangers" | "foreign" | "receipts";
  connectorId: string;
  filter: Readonly<Record<string, string | undefined>>;
};

const FORMATS = ["csv", "json"] as const;

/** The whole list of a connector as a file, by the filters in force. */
export const DownloadLinks = ({ of, connectorId, filter }: Props) => (
  <p className="text-muted flex gap-3 text-sm sm:ml-auto">
    All of it:
    {FORMATS.map((format) => (
      <TextLink
        key={format}
        href={`/api/v1/connectors/${connectorId}/${of}/download${toQuery({ ...filter, format })}`}
        download
      >
        {format.toUpperCase()}
      </TextLink>
    ))}
  </p>
);
