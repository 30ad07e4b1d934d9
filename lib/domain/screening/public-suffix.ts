import { isSharedSuffix, suffixOf } from "@/lib/domain/indicator/host";

/**
 * Whether a name is a public suffix that the Public Suffix List spells out (`co.uk`, `github.io`). One that a private
 * wildcard there makes a suffix is a machine or customer like any other (`ec2-….compute-1.amazonaws.com`).
 */
export const isBareSuffix = (host: string): boolean => {
  if (!isSharedSuffix(host)) return false;
  if (suffixOf(host) === "is-suffix") return true;
  return !isSharedSuffix(`${NOBODY}${host.slice(host.indexOf("."))}`);
};

/** A label that no list has. */
const NOBODY = "zz-nobody-zz";
