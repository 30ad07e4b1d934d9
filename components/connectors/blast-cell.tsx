import { Badge } from "@/components/ui/badge";
import { describePrevalence, subjectOf } from "@/lib/domain/delivery/prevalence";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Props = {
  type: IndicatorType;
  value: string;
  devices: number | null;
  near: string | null;
  dispute: string | null;
};

/** What blocking one value would hit: devices, an allowlist close by, another team's word. */
export const BlastCell = ({ type, value, devices, near, dispute }: Props) => {
  const subject = subjectOf(type, value);
  return (
    <div className="space-y-1 text-sm wrap-anywhere">
      <p>
        {devices !== null && subject !== null ? (
          describePrevalence(devices, subject)
        ) : (
          <span className="text-muted">{subject === null ? "Defender keeps no figure" : "not known"}</span>
        )}
      </p>
      {near !== null && (
        <p>
          <Badge tone="warning">Near an allowlist</Badge> {near}
        </p>
      )}
      {dispute !== null && (
        <p>
          <Badge tone="warning">Disputed</Badge> {dispute}
        </p>
      )}
    </div>
  );
};
