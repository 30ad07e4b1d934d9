import { TextLink } from "@/components/ui/text-link";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { lowerFirst } from "@/components/ui/lower-first";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import { BLOCK_LABELS, isBlockCode } from "@/lib/domain/selection/codes";

export type ShownAddresses = {
  connectorId: string;
  connector: string;
  addresses: number;
  standing: number;
  waiting: number;
  failed: number;
  out: readonly { code: string | null; count: number }[];
};

/** How the addresses of a network fare at each connector that sends it so. */
export const AddressSummary = ({ team, sent }: { team: string; sent: readonly ShownAddresses[] }) => (
  <ul className="space-y-1 text-sm">
    {sent.map((one) => (
      <li key={one.connectorId}>
        <TextLink href={`/t/${team}/connectors/${one.connectorId}`} className="font-medium">
          {one.connector}
        </TextLink>
        : {describe(one)}
      </li>
    ))}
  </ul>
);

/** `Sent as 8 addresses; 7 stand there; 1 does not (on an allowlist).` */
const describe = ({ addresses, standing, waiting, failed, out }: ShownAddresses): string => {
  const parts = [
    standing > 0 && `${formatNumber(standing)} ${standing === 1 ? "stands" : "stand"} there`,
    waiting > 0 && `${formatNumber(waiting)} on the way`,
    failed > 0 && `${formatNumber(failed)} ${lowerFirst(OUTCOME_WORDS.failed)}`,
    ...out.map(
      ({ code, count }) => `${formatNumber(count)} ${count === 1 ? "does" : "do"} not (${why(code)})`,
    ),
  ].filter((part) => part !== false);
  const sent = standing + waiting + failed > 0 ? "sent" : "to be sent";
  return `${sent} as ${formatCount(addresses, "address", "addresses")}; ${parts.join("; ")}.`;
};

const why = (code: string | null): string =>
  code !== null && isBlockCode(code) ? BLOCK_LABELS[code].toLowerCase() : "not sent, or taken back";
