import type { Action } from "@/lib/domain/connector/actions";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { IndicatorType } from "@/lib/domain/indicator/types";

/**
 * The action that Defender can carry out for a type, or null when it has none that is as mild as the one wished.
 * Network indicators cannot be remediated, so they are blocked; certificates know only two actions
 * (Microsoft's pages *indicator-manage* and *indicator-certificates*). Sentinel alerts by its own rules: one value there.
 */
export const possibleAction = (kind: ConnectorKind, type: IndicatorType, wished: Action): Action | null => {
  if (kind === "sentinel") return "Audit";
  switch (type) {
    case "ipv4":
    case "ipv6":
    case "ipv4-cidr":
    case "ipv6-cidr":
    case "domain":
    case "url":
    case "email":
      return wished === "BlockAndRemediate" ? "Block" : wished;
    case "cert-sha1":
      return wished === "Allowed" || wished === "BlockAndRemediate" ? wished : null;
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
      return wished;
  }
};
