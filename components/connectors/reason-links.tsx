import { cn } from "@/components/ui/cn";
import { Count } from "@/components/ui/count";
import { TextLink } from "@/components/ui/text-link";
import { codeLabel } from "@/lib/domain/selection/codes";

type Props = {
  counts: Readonly<Record<string, number>>;
  /** The list with this reason alone. */
  hrefOf: (code: string) => string;
  /** The reason that the list shows now. */
  current: string | undefined;
};

/** How many have which reason, each a way to exactly those. */
export const ReasonLinks = ({ counts, hrefOf, current }: Props) => (
  <ul className="space-y-1 text-sm">
    {Object.entries(counts).map(([code, count]) => (
      <li key={code} className="flex items-baseline gap-3">
        <Count value={count} className="w-16 text-right font-semibold" />
        <span className={cn(code === current && "font-semibold")}>
          <TextLink href={hrefOf(code)}>{codeLabel(code)}</TextLink>
        </span>
      </li>
    ))}
  </ul>
);
