import { RelativeTime } from "@/components/ui/relative-time";

type Props = {
  by: string | null;
  at: Date | null;
  /** The connector's own application. */
  clientId: string;
};

/** Who changed a record at Microsoft and when, as far as that tells. */
export const ChangedBy = ({ by, at, clientId }: Props) => (
  <span className="text-sm break-words">
    {by === null
      ? "Not told by Microsoft"
      : by.toLowerCase() === clientId
        ? "This connector’s application"
        : by}
    {at !== null && (
      <>
        , <RelativeTime at={at} />
      </>
    )}
  </span>
);
