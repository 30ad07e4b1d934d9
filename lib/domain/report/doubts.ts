import type { ReportCandidate } from "./candidates";
import { findAuthorSites, hostOf, siteOf } from "./own-sites";
import type { Report } from "./report";

/** Says why a value of a report is likely benign; null for one that speaks for itself. */
export type Doubt = (candidate: ReportCandidate) => string | null;

/**
 * What makes a value of a report likely benign by the report itself: its author's sites, whoever got the e-mail, pictures, and
 * names that may be a file's. What allowlists say is asked elsewhere.
 */
export const createDoubt = (report: Report, candidates: readonly ReportCandidate[]): Doubt => {
  // An e-mail that defangs nothing is the evidence, not a report about it: its signature may be the attacker's.
  const isReport = report.mail === null || candidates.some(({ isDefanged }) => isDefanged);
  const authors = isReport ? findAuthorSites(report, candidates) : NOBODY;
  const own = ownOf(report);
  const pictures = new Map(
    report.files.flatMap(({ sha256, isPicture, name }) => (isPicture ? [[sha256, name] as const] : [])),
  );
  return (candidate) => {
    const { type, value, isDefanged } = candidate;
    const picture = pictures.get(value);
    if (picture !== undefined) return `A picture within the text of the e-mail (${picture}).`;
    const site = siteOf(type, value);
    const host = hostOf(type, value);
    if (type === "email" && own.addresses.has(value)) return "The e-mail was sent to this address.";
    if (host !== null && own.servers.has(host)) return "A server that took the e-mail in.";
    if (OWN_ADDRESSES.has(type) && own.servers.has(value)) return "A server that took the e-mail in.";
    if (site !== null && own.sites.has(site) && !isDefanged)
      return "It belongs to whoever the e-mail was sent to.";
    const author = site === null ? undefined : authors.get(site);
    if (author !== undefined) return author;
    return versionDoubt(candidate) ?? referenceDoubt(candidate) ?? fileDoubt(candidate);
  };
};

const ownOf = ({ mail, parts }: Report) => {
  const named = mail === null ? parts.flatMap(({ text }) => addressesOf(text)) : mail.recipients;
  const addresses = new Set(named.map((address) => address.toLowerCase()));
  const sites = new Set([...addresses].flatMap((address) => siteOf("email", address) ?? []));
  const servers = new Set((mail?.receivedBy ?? []).map((host) => host.toLowerCase()));
  return { addresses, sites, servers };
};

/** The addresses behind `To:` and `Cc:` of an e-mail that was copied as text. */
const addressesOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => RECIPIENTS.test(line))
    .flatMap((line) => line.match(ADDRESS) ?? []);

/** `setup.py` and `archive.zip` are names of domains, too; in a report they are files. */
const fileDoubt = ({ type, value, isDefanged }: ReportCandidate): string | null => {
  const ending = FILE_LIKE.exec(value)?.[1];
  return type === "domain" && !isDefanged && ending !== undefined
    ? `It may be the name of a file: .${ending} is both, and it is not defanged.`
    : null;
};

/** "Version 1.2.3.4 of the tool" has the form of an address. */
const versionDoubt = ({ type, value, isDefanged, contexts }: ReportCandidate): string | null =>
  type === "ipv4" && !isDefanged && contexts.every((context) => isVersionIn(context, value))
    ? "It may be a version: every line that has it says so before it."
    : null;

const isVersionIn = (context: string, value: string): boolean => {
  const at = context.indexOf(value);
  return at > 0 && VERSION.test(context.slice(0, at));
};

/** Where a report says what it drew on, live links are for its readers. */
const referenceDoubt = ({ type, isDefanged, contexts }: ReportCandidate): string | null =>
  type === "url" && !isDefanged && contexts.every((context) => REFERENCE.test(context))
    ? "The report points its readers there, under “References”."
    : null;

const VERSION = /\b(?:v(?:er)?\.?|versions?|build|release|firmware)(?:\s*[:=#])?\s{0,3}$/i;
const REFERENCE = /^\W{0,3}(?:references?|see also|read more|further reading|links?)\s*:/i;

const NOBODY: ReadonlyMap<string, string> = new Map();
const OWN_ADDRESSES: ReadonlySet<string> = new Set(["ipv4", "ipv6"]);
const RECIPIENTS = /^\W{0,3}(?:to|cc|bcc|delivered-to):\s/i;
const ADDRESS = /[\w.+-]{1,64}@[\w.-]{1,250}\w/g;
const FILE_LIKE = /^[\w-]+\.(zip|mov|py|sh|rs|md|ps|so|cab)$/i;
