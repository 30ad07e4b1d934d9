import {
  AtSign,
  BadgeCheck,
  FileDigit,
  Globe,
  Link2,
  MonitorDot,
  Network,
  type LucideIcon,
} from "lucide-react";

import { cn } from "@/components/ui/cn";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "@/lib/domain/indicator/types";

const ICONS: Readonly<Record<IndicatorType, LucideIcon>> = {
  ipv4: MonitorDot,
  ipv6: MonitorDot,
  "ipv4-cidr": Network,
  "ipv6-cidr": Network,
  domain: Globe,
  url: Link2,
  email: AtSign,
  md5: FileDigit,
  sha1: FileDigit,
  sha256: FileDigit,
  sha512: FileDigit,
  "cert-sha1": BadgeCheck,
};

type Props = { type: IndicatorType; isIconOnly?: boolean; className?: string | undefined };

/** An indicator's type as icon and word; `isIconOnly` leaves the word to readers and to hovering. */
export const IndicatorTypeMark = ({ type, isIconOnly = false, className }: Props) => {
  const Icon = ICONS[type];
  const label = INDICATOR_TYPE_LABELS[type];
  return (
    <span
      title={isIconOnly ? label : undefined}
      className={cn(
        "text-muted inline-flex items-center gap-1.5 align-middle text-xs whitespace-nowrap",
        className,
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <span className={isIconOnly ? "sr-only" : undefined}>{label}</span>
    </span>
  );
};
