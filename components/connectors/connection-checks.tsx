import { CheckList } from "@/components/ui/check-list";
import type { ShownCheck } from "@/components/ui/check-outcome";

/** What the test of a connection to a destination found. */
export const ConnectionChecks = ({ checks }: { checks: readonly ShownCheck[] }) => (
  <CheckList checks={checks} assurance="Nothing was changed at the destination." lastAlone={READING_BACK} />
);

/** Sentinel's last check: what is sent arrives without it. */
const READING_BACK = "Read";
