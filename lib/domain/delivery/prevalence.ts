import type { IndicatorType } from "@/lib/domain/indicator/types";
import { hostOf } from "@/lib/domain/screening/subject";

/** What Defender keeps statistics of. */
export type SubjectKind = "domain" | "address" | "file";

/** The application permission that each kind of statistics needs. */
export const STATISTICS_PERMISSIONS: Readonly<Record<SubjectKind, string>> = {
  domain: "URL.Read.All",
  address: "Ip.Read.All",
  file: "File.Read.All",
};

/** Statistics look back so many days at most. */
export const PREVALENCE_DAYS = 30;
/** A figure is asked for again after so many hours. */
export const PREVALENCE_HOURS = 24;

/** What is asked about. `isWhole`: the figure is the value's own, not only that of the host which it is on. */
export type Subject = { kind: SubjectKind; name: string; isWhole: boolean };

/** The types of which at least some values can be asked about. */
export const ASKABLE_TYPES: readonly IndicatorType[] = ["domain", "ipv4", "ipv6", "url", "sha1", "sha256"];

/** What Defender can be asked of a value; null where it keeps no such figure. */
export const subjectOf = (type: IndicatorType, value: string): Subject | null => {
  switch (type) {
    case "domain":
      return { kind: "domain", name: value, isWhole: true };
    case "ipv4":
    case "ipv6":
      return { kind: "address", name: value, isWhole: true };
    case "sha1":
    case "sha256":
      return { kind: "file", name: value, isWhole: true };
    case "url":
      return subjectOfUrl(value);
    case "ipv4-cidr":
    case "ipv6-cidr":
    case "email":
    case "md5":
    case "sha512":
    case "cert-sha1":
      return null;
  }
};

const subjectOfUrl = (url: string): Subject | null => {
  const host = hostOf("url", url);
  if (host === null) return null;
  const isWhole = BARE_HOST.test(url);
  const bare = host.replace(BRACKETS, "");
  const isAddress = bare !== host || ENDS_IN_DIGIT.test(bare);
  return { kind: isAddress ? "address" : "domain", name: bare, isWhole };
};

const BARE_HOST = /^[a-z][\d+.a-z-]*:\/\/[^/?#]*\/?$/;
const BRACKETS = /^\[|\]$/g;
// A name ends in a letter; only an address does not.
const ENDS_IN_DIGIT = /\.\d+$/;

/** `Seen on 1,204 devices in the last 30 days.` */
export const describePrevalence = (devices: number, { isWhole }: Pick<Subject, "isWhole">): string => {
  const what = isWhole ? "Seen" : "Its host was seen";
  if (devices === 0) return `${isWhole ? "Not seen" : "Its host was not seen"} on any device in ${PERIOD}.`;
  return `${what} on ${numbers.format(devices)} ${devices === 1 ? "device" : "devices"} in ${PERIOD}.`;
};

const numbers = new Intl.NumberFormat("en");
const PERIOD = `the last ${String(PREVALENCE_DAYS)} days`;
