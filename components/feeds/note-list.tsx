import { formatNumber } from "@/components/ui/format-number";

type Note = { subject: string; message: string };

/** What went wrong without ending a run or a preview: an event that could not be read, a page that was skipped. */
export const NoteList = ({ notes, count }: { notes: readonly Note[]; count: number }) => (
  <ul className="list-disc space-y-1 pl-4 text-sm">
    {notes.map(({ subject, message }, place) => (
      <li key={place} className="wrap-anywhere">
        <span className="text-ink font-medium">{subject}</span>: {message}
      </li>
    ))}
    {count > notes.length && <li>and {formatNumber(count - notes.length)} more</li>}
  </ul>
);
