import { CircleAlert } from "lucide-react";

/** What is wrong with a field, with an icon and not by colour alone. */
export const FieldErrors = ({ id, errors }: { id?: string | undefined; errors: readonly string[] }) => (
  <p id={id} className="text-danger mt-1 flex items-start gap-1.5 text-xs font-medium">
    <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
    <span>
      <span className="sr-only">Error: </span>
      {errors.join(" ")}
    </span>
  </p>
);
