import { Badge } from "@/components/ui/badge";
import { ADDRESS_LABELS } from "@/lib/domain/connector/cloud-addresses";

type Address = { service: keyof typeof ADDRESS_LABELS; url: string | null; isOverridden: boolean };

/** The hosts that a connector's secret and tokens go to; one that an administrator set says so. */
export const AddressList = ({ addresses }: { addresses: readonly Address[] }) => {
  if (addresses.length === 0) return "To the sandbox on this machine";
  return (
    <ul className="space-y-0.5">
      {addresses.map(({ service, url, isOverridden }) => (
        <li key={service}>
          {ADDRESS_LABELS[service]}:{" "}
          {url === null ? "not known" : <code className="text-xs break-all">{url}</code>}{" "}
          {isOverridden && <Badge tone="warning">Set by an administrator</Badge>}
        </li>
      ))}
    </ul>
  );
};
