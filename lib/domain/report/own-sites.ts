import { getDomain } from "tldts";

import type { IndicatorType } from "../indicator/types";
import type { ReportCandidate } from "./candidates";
import type { Report } from "./report";

/** The name that one owner holds: `blog.vendor.com` and `vendor.com` are one, two names below `github.io` are two. */
export const siteOf = (type: IndicatorType, value: string): string | null => {
  const host = hostOf(type, value);
  return host === null ? null : (getDomain(host, { allowPrivateDomains: true }) ?? host);
};

/** The host of a value that has one. */
export const hostOf = (type: IndicatorType, value: string): string | null => {
  if (type === "domain") return value;
  if (type === "email") return value.slice(value.lastIndexOf("@") + 1);
  if (type !== "url") return null;
  const { hostname } = new URL(value);
  return IS_ADDRESS.test(hostname) ? null : hostname;
};

/**
 * The sites that a report's author seems to own, each with the reason: named behind `Source:`, in the signature, or linked to
 * more than all others while what is bad is defanged. A site of which anything is defanged is none of them.
 */
export const findAuthorSites = (
  report: Pick<Report, "parts">,
  candidates: readonly ReportCandidate[],
): ReadonlyMap<string, string> => {
  const sites = gatherSites(candidates);
  const reasons = new Map<string, string>();
  const say = (site: string, reason: string): void => {
    if (!reasons.has(site) && sites.get(site)?.isDefanged === false) reasons.set(site, reason);
  };
  for (const candidate of candidates) {
    const site = siteOf(candidate.type, candidate.value);
    const naming = candidate.contexts.find((context) => AUTHOR_LINE.test(context));
    if (site !== null && naming !== undefined)
      say(site, `The report’s own site: it stands behind “${wordsOf(naming)}”.`);
  }
  for (const signature of report.parts.map(({ text }) => signatureOf(text)))
    for (const { type, value, mention } of candidates) {
      const site = siteOf(type, value);
      if (site !== null && signature.includes(mention.original))
        say(site, "The author’s own site: it stands in the signature.");
    }
  const most = mostLinked(sites);
  if (most !== null)
    say(
      most.site,
      `The report’s own site, by its links: ${String(most.links)} of ${String(most.all)} live ones go there, and it is defanged nowhere.`,
    );
  return reasons;
};

type Site = { isDefanged: boolean; links: number };

const gatherSites = (candidates: readonly ReportCandidate[]): ReadonlyMap<string, Site> => {
  const sites = new Map<string, Site>();
  for (const { type, value, isDefanged, mentions } of candidates) {
    const site = siteOf(type, value);
    if (site === null) continue;
    const known = sites.get(site) ?? { isDefanged: false, links: 0 };
    known.isDefanged ||= isDefanged;
    if (type === "url" && !isDefanged) known.links += mentions;
    sites.set(site, known);
  }
  return sites;
};

// Where nothing is defanged, live links are what the text is about as likely as not.
const mostLinked = (
  sites: ReadonlyMap<string, Site>,
): { site: string; links: number; all: number } | null => {
  if (![...sites.values()].some(({ isDefanged }) => isDefanged)) return null;
  const live = [...sites].filter(([, site]) => !site.isDefanged);
  const all = live.reduce((sum, [, { links }]) => sum + links, 0);
  const [first] = live.toSorted(([, one], [, other]) => other.links - one.links);
  if (first === undefined) return null;
  const [site, { links }] = first;
  return links >= MIN_LINKS && links * 2 > all ? { site, links, all } : null;
};

/** What stands behind the dashes of an e-mail's signature, or behind the greeting above it. */
const signatureOf = (text: string): string => {
  const lines = text.split(/\r?\n/);
  const start = lines.findLastIndex((line) => SIGNATURE.test(line));
  // A greeting in the middle of a thread has the rest of the thread behind it.
  return start === -1 ? "" : lines.slice(start, start + SIGNATURE_LINES).join("\n");
};

const wordsOf = (line: string): string => (AUTHOR_LINE.exec(line)?.[1] ?? "Source").trim();

const IS_ADDRESS = /^(?:[\d.]+|\[.*\])$/;
const AUTHOR_LINE =
  /^\W{0,4}((?:original |full |blog |primary )?(?:source|report|article|post|publication)s?|(?:read|learn|see) (?:more|the full [a-z ]{3,20})(?: (?:at|on))?|published (?:by|at|on)|reported by|author|contact(?: us)?|(?:©|\(c\)|copyright)[^:]{0,60}?)\s?(?::|\bhttps?:\/\/)/iu;
const SIGNATURE = /^(?:--\s?|(?:best|kind|warm)? ?regards,?|cheers,?|sincerely,?|thanks,?)$/i;
const SIGNATURE_LINES = 10;
const MIN_LINKS = 3;
