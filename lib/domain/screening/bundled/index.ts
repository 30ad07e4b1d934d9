import { z } from "zod";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

import { EFFECTS, MATCHES } from "../allowlist";
import heads from "./heads.json";

const bundledListSchema = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  licence: z.string(),
  version: z.number().int(),
  match: z.enum(MATCHES),
  /** What a hit does until a team decides otherwise. */
  defaultEffect: z.enum(EFFECTS),
  types: z.array(z.enum(INDICATOR_TYPES)).min(1).nullable(),
  /** Of entries. */
  count: z.number().int(),
});
export type BundledList = Readonly<z.output<typeof bundledListSchema>>;

/** The lists that ship with the product and that each team can tune, without their entries. */
export const listBundled = (): readonly BundledList[] => (known ??= z.array(bundledListSchema).parse(heads));

/** The canonical entries of a bundled list, read when first asked for; null when no list has this id. */
export const loadBundledEntries = async (id: string): Promise<readonly string[] | null> => {
  const load = LOADERS.get(id);
  return load === undefined ? null : (await load()).default.entries;
};

let known: readonly BundledList[] | undefined;

// Written out, so that a bundler finds the files. `npm run lists:update` writes them and heads.json.
const LOADERS: ReadonlyMap<string, () => Promise<{ default: { entries: readonly string[] } }>> = new Map(
  Object.entries({
    akamai: () => import("./lists/akamai.json"),
    "amazon-aws": () => import("./lists/amazon-aws.json"),
    apple: () => import("./lists/apple.json"),
    "automated-malware-analysis": () => import("./lists/automated-malware-analysis.json"),
    "bank-website": () => import("./lists/bank-website.json"),
    "captive-portals": () => import("./lists/captive-portals.json"),
    "cisco-top1000": () => import("./lists/cisco-top1000.json"),
    cloudflare: () => import("./lists/cloudflare.json"),
    "common-ioc-false-positive": () => import("./lists/common-ioc-false-positive.json"),
    "crl-ip": () => import("./lists/crl-ip.json"),
    "disposable-email": () => import("./lists/disposable-email.json"),
    eicar: () => import("./lists/eicar.json"),
    "empty-hashes": () => import("./lists/empty-hashes.json"),
    fastly: () => import("./lists/fastly.json"),
    google: () => import("./lists/google.json"),
    "google-gcp": () => import("./lists/google-gcp.json"),
    "google-gmail-sending-ips": () => import("./lists/google-gmail-sending-ips.json"),
    "lots-project": () => import("./lists/lots-project.json"),
    microsoft: () => import("./lists/microsoft.json"),
    "microsoft-azure": () => import("./lists/microsoft-azure.json"),
    "microsoft-office365": () => import("./lists/microsoft-office365.json"),
    "microsoft-office365-ip": () => import("./lists/microsoft-office365-ip.json"),
    "mozilla-ca": () => import("./lists/mozilla-ca.json"),
    "mozilla-intermediate-ca": () => import("./lists/mozilla-intermediate-ca.json"),
    "oracle-oci": () => import("./lists/oracle-oci.json"),
    "public-dns-v6": () => import("./lists/public-dns-v6.json"),
    "public-resolvers": () => import("./lists/public-resolvers.json"),
    "security-provider-blogpost": () => import("./lists/security-provider-blogpost.json"),
    sinkholes: () => import("./lists/sinkholes.json"),
    "ti-falsepositives": () => import("./lists/ti-falsepositives.json"),
    tranco10k: () => import("./lists/tranco10k.json"),
    "university-domains": () => import("./lists/university-domains.json"),
    "url-shortener": () => import("./lists/url-shortener.json"),
    "whats-my-ip": () => import("./lists/whats-my-ip.json"),
  }),
);
