import type { IndicatorType } from "@/lib/domain/indicator/types";

/** The host of a canonical URL, an IPv6 one in its brackets. */
const hostOfUrl = (url: string): string => {
  const start = url.indexOf("://") + 3;
  let end = start;
  if (url.charCodeAt(start) === OPENING_BRACKET) end = url.indexOf("]", start) + 1;
  else while (end < url.length && !endsHost(url.charCodeAt(end))) end++;
  return url.slice(start, end);
};

/** The name or address that a value of this type is about; null for a hash or a network. */
export const hostOf = (type: IndicatorType, value: string): string | null => {
  switch (type) {
    case "ipv4":
    case "ipv6":
    case "domain":
      return value;
    case "url":
      return hostOfUrl(value);
    case "email":
      return value.slice(value.lastIndexOf("@") + 1);
    case "ipv4-cidr":
    case "ipv6-cidr":
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
    case "cert-sha1":
      return null;
  }
};

const endsHost = (code: number): boolean =>
  code === SLASH || code === COLON || code === QUESTION_MARK || code === NUMBER_SIGN;

const OPENING_BRACKET = 91;
const SLASH = 47;
const COLON = 58;
const QUESTION_MARK = 63;
const NUMBER_SIGN = 35;
