import { describePrevalence, subjectOf } from "@/lib/domain/delivery/prevalence";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Props = {
  type: IndicatorType;
  value: string;
  /** Why it is planned so, or stays out: what that says already is not said twice. */
  code: string;
  devices: number | null;
  near: string | null;
  dispute: string | null;
};

/** What blocking one value would hit, below the reason for it: devices, an allowlist close by, another team's word. */
export const BlastWords = ({ type, value, code, devices, near, dispute }: Props) => {
  const subject = subjectOf(type, value);
  const words = [
    code === "too-prevalent" ? null : sayPrevalence({ type, value, devices }),
    subject === null ? "Defender keeps no figure of how widely it is seen." : null,
    code === "near-allowlist" ? null : near,
    code === "disputed" ? null : dispute,
  ].filter((word) => word !== null);
  return words.map((word) => (
    <p key={word} className="text-muted">
      {word}
    </p>
  ));
};

/** On how many devices a value is seen, in a sentence; null where nobody was told. */
export const sayPrevalence = ({ type, value, devices }: Pick<Props, "type" | "value" | "devices">) => {
  const subject = subjectOf(type, value);
  return subject === null || devices === null ? null : describePrevalence(devices, subject);
};
