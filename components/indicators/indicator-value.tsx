"use client";

import { Copy, Radiation } from "lucide-react";

import { cn } from "@/components/ui/cn";
import { copyText } from "@/components/ui/copy-text";
import {
  createSharedMenu,
  MenuGroup,
  MenuItem,
  SharedMenu,
  SharedMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { notify } from "@/components/ui/toast";
import { truncateMiddle, splitTail } from "@/components/ui/truncate";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";

import { IndicatorTypeMark } from "./indicator-type";

type Props = {
  type: IndicatorType;
  /** The value as it may stand on a screen. */
  defanged: string;
  /** The canonical value: only ever copied, never shown and never a link. */
  live: string;
  /** The type's word beside its icon; without it, for tables with a column of their own, readers still hear it. */
  showsType?: boolean;
  /** A heading's size, wrapped instead of cut. */
  isLarge?: boolean;
  className?: string | undefined;
};

const menu = createSharedMenu<Pick<Props, "type" | "defanged" | "live">>();

const TAIL = 10;
const TOAST_LENGTH = 60;

const copy = async (text: string, message: string, shown: string): Promise<void> => {
  if (await copyText(text)) notify.done(message, truncateMiddle(shown, TOAST_LENGTH));
};

/**
 * The one way an indicator appears: its type, its defanged value, cut in the middle where it is too long. Pressing it
 * shows the whole and offers both spellings to copy. It is never a link to itself.
 */
export const IndicatorValue = ({
  type,
  defanged,
  live,
  showsType = false,
  isLarge = false,
  className,
}: Props) => {
  const { head, tail } = splitTail(defanged, TAIL);
  return (
    <span
      className={cn(
        "inline-flex max-w-full min-w-0 items-center gap-2 align-middle",
        isLarge && "items-start",
        className,
      )}
    >
      <IndicatorTypeMark type={type} isIconOnly={!showsType} className={isLarge ? "h-7" : undefined} />
      <SharedMenuTrigger
        handle={menu}
        subject={{ type, defanged, live }}
        className={cn(
          "text-ink hover:bg-accent-tint data-popup-open:bg-accent-tint inline-flex min-h-6 max-w-full min-w-0 items-center rounded-sm px-0.5 text-left font-mono font-normal select-text",
          isLarge ? "text-lg break-all" : "text-sm",
        )}
      >
        {isLarge ? (
          defanged
        ) : (
          <span title={defanged} className="inline-flex max-w-full min-w-0">
            <span className="overflow-hidden text-ellipsis whitespace-pre">{head}</span>
            {tail !== "" && <span className="shrink-0 whitespace-pre">{tail}</span>}
          </span>
        )}
      </SharedMenuTrigger>
    </span>
  );
};

/** What a press on any value of the page opens; it stands once in the shell. */
export const IndicatorValueMenu = () => (
  <SharedMenu handle={menu} align="start" className="max-w-[min(36rem,calc(100vw-1rem))]">
    {({ type, defanged, live }) => (
      <MenuGroup
        label={
          <>
            {INDICATOR_TYPE_LABELS[type]}
            <span className="text-ink mt-0.5 block font-mono text-sm break-all select-text">{defanged}</span>
          </>
        }
      >
        <MenuItem
          icon={<Copy aria-hidden />}
          onSelect={() => void copy(defanged, "Copied, defanged.", defanged)}
        >
          Copy defanged
        </MenuItem>
        <MenuItem
          icon={<Radiation aria-hidden />}
          onSelect={() => void copy(live, "Copied live. Take care where you paste it.", defanged)}
        >
          Copy live value
        </MenuItem>
      </MenuGroup>
    )}
  </SharedMenu>
);
