import { Count } from "@/components/ui/count";
import { TextLink } from "@/components/ui/text-link";

export type TypeRow = { label: string; count: number; href: string };

/** Indicators by type: each with its bar, figure and the list behind it. */
export const TypesBreakdown = ({ rows }: { rows: readonly TypeRow[] }) => {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <ul className="space-y-2">
      {rows.map(({ label, count, href }) => (
        <li key={label} className="grid grid-cols-[9rem_1fr_auto] items-center gap-3 text-sm">
          <TextLink href={href}>{label}</TextLink>
          <span aria-hidden className="bg-sunken h-2 overflow-hidden rounded-full">
            <span
              className="bg-accent block h-full rounded-full"
              style={{ width: `${String(Math.max(2, (count / most) * 100))}%` }}
            />
          </span>
          <Count value={count} />
        </li>
      ))}
    </ul>
  );
};
