import { Download } from "lucide-react";

import { Disclosure } from "@/components/ui/disclosure";
import { TextLink } from "@/components/ui/text-link";

type Props = {
  /** The address of the export with the list's own filters, without a format. */
  href: string;
};

const FORMATS = [
  { format: "csv", label: "CSV" },
  { format: "json", label: "JSON" },
  { format: "stix", label: "STIX 2.1" },
] as const;

/** Takes exactly what the list shows away as a file. */
export const ExportMenu = ({ href }: Props) => (
  <Disclosure
    summary={
      <>
        <Download aria-hidden className="size-4" />
        Export what is found
      </>
    }
  >
    <p className="text-muted text-sm">
      All pages, in this order, with live values:{" "}
      {FORMATS.map(({ format, label }, index) => (
        <span key={format}>
          {index > 0 && ", "}
          <TextLink href={`${href}${href.includes("?") ? "&" : "?"}format=${format}`} download>
            {label}
          </TextLink>
        </span>
      ))}
    </p>
  </Disclosure>
);
