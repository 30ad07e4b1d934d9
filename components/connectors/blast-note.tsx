import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";

type Props = {
  blast: { toBlock: number; told: number; seen: number; mostDevices: number; toldSince: number };
  statistics: { missing: readonly string[]; problem: string | null } | null;
};

/** How far what a plan is to block is seen in its tenant, as far as Defender told. */
export const BlastNote = ({ blast, statistics }: Props) => {
  const { toBlock, told, seen, mostDevices, toldSince } = blast;
  const missing = statistics?.missing ?? [];
  return (
    <Callout tone={seen > 0 ? "warning" : "info"} title={titleOf(blast)} role="note">
      {seen > 0 && <>The most widely seen one is on {formatCount(mostDevices, "device")}. </>}
      {told < toBlock && (
        <>
          Defender told of {formatNumber(told)} of {formatNumber(toBlock)} that are to be blocked.{" "}
        </>
      )}
      {missing.length > 0 && <>The application lacks {missing.join(", ")} to ask for all of it. </>}
      {statistics?.problem != null && <>{statistics.problem} </>}
      {toldSince > 0 && (
        <>Of what waits in this plan, {formatNumber(toldSince)} are known now: make a new plan to go by it.</>
      )}
    </Callout>
  );
};

const titleOf = ({ toBlock, told, seen }: Props["blast"]): string => {
  if (told === 0) return `Nobody knows yet how widely the ${formatNumber(toBlock)} to be blocked are seen.`;
  if (seen === 0) return "No device was seen to use what is to be blocked.";
  return `Devices use ${formatCount(seen, "value")} of what is to be blocked.`;
};
