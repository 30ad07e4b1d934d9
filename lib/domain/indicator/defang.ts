import type { IndicatorType } from "./types";

/**
 * A canonical value as it may stand on a screen, in a mail or a ticket: nothing turns it into a link, and `refang`
 * gives the same value back. Hashes stay as they are.
 */
export const defang = (type: IndicatorType, value: string): string => {
  switch (type) {
    case "ipv4":
    case "ipv4-cidr":
    case "domain":
      return value.replaceAll(".", "[.]");
    case "ipv6":
    case "ipv6-cidr":
      return value.replace(":", "[:]");
    case "email":
      return defangEmail(value);
    case "url":
      return defangUrl(value);
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
    case "cert-sha1":
      return value;
  }
};

const defangEmail = (value: string): string => {
  const at = value.lastIndexOf("@");
  return `${value.slice(0, at)}[@]${value.slice(at + 1).replaceAll(".", "[.]")}`;
};

const defangUrl = (value: string): string => {
  const hostAt = value.indexOf("://") + 3;
  const end = value.slice(hostAt).search(/[/?]/);
  const hostEnd = end === -1 ? value.length : hostAt + end;
  const host = value.slice(hostAt, hostEnd).replaceAll(".", "[.]");
  return `${defangScheme(value.slice(0, hostAt - 3))}${host}${value.slice(hostEnd)}`;
};

const defangScheme = (scheme: string): string => {
  if (scheme.startsWith("http")) return `hxxp${scheme.slice(4)}://`;
  if (scheme === "ftp" || scheme === "ftps") return `fxp${scheme.slice(3)}://`;
  return `${scheme}[://]`;
};
