import { isIP } from "node:net";

import { AppError } from "@/lib/domain/errors";

import type { AddressRule } from "./address-rule";
import { NON_HTTP_PORTS } from "./ports";

export type UrlRules = {
  isAllowed: AddressRule;
  allowedOrigins: ReadonlySet<string>;
  allowedPorts: ReadonlySet<number> | null;
};

/** Parses an address we are asked to fetch, relative to `base` if given; throws `invalid_input` with what to change. */
export const parseOutgoingUrl = (address: string, base?: URL): URL => {
  if (!URL.canParse(address, base)) {
    throw new AppError(
      "invalid_input",
      "This is not a web address. It should look like https://example.com/feed.csv.",
    );
  }
  const url = new URL(address, base);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new AppError(
      "blocked_address",
      `Only http and https addresses are fetched, not ${url.protocol}//.`,
    );
  }
  // A password in an address ends up in logs, audit entries and screens; it has a field of its own.
  if (url.username !== "" || url.password !== "") {
    throw new AppError(
      "invalid_input",
      `The address of ${url.host} holds a user name or password. Remove it there and enter it as the feed's authentication.`,
    );
  }
  return url;
};

/** Throws `blocked_address` unless origin, port and (for a numeric host) address may be reached. Names are checked when they resolve. */
export const assertReachable = (url: URL, rules: UrlRules): void => {
  if (rules.allowedOrigins.has(url.origin)) return;
  assertPort(url, rules.allowedPorts);
  const host = hostAddress(url);
  if (isIP(host) !== 0 && !rules.isAllowed(host)) throw privateAddress(url.hostname, host);
  // Asking a name server for this machine's own names would only tell it that somebody tried.
  if (OWN_NAME.test(host) && !rules.isAllowed(LOOPBACK)) throw privateAddress(url.hostname, LOOPBACK);
};

/** The failure for a host that leads into a network feeds may not reach, naming the setting that allows it. */
export const privateAddress = (host: string, address: string): AppError =>
  new AppError(
    "blocked_address",
    `${host === address ? "This address" : host} leads to ${address}, which is not a public address and not allowed for feeds. ` +
      "An operator can allow it in FEED_ALLOWED_CIDRS.",
  );

const assertPort = (url: URL, allowed: ReadonlySet<number> | null): void => {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  if (allowed === null ? !NON_HTTP_PORTS.has(port) : allowed.has(port)) return;
  throw new AppError("blocked_address", `Port ${String(port)} of ${url.hostname} is not fetched from.`);
};

const OWN_NAME = /(?:^|\.)localhost\.?$/i;
const LOOPBACK = "127.0.0.1";

const hostAddress = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");
