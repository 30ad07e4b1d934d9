import { randomUUID } from "node:crypto";

import type { OutgoingRecord } from "@/lib/connectors/contract";
import { toImportItem } from "@/lib/connectors/defender/map";
import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { SENTINEL_LIMITS } from "@/lib/connectors/sentinel/limits";
import { toStixIndicator } from "@/lib/connectors/sentinel/map";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { mergeClaims } from "@/lib/domain/delivery/merge-claims";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { Share } from "@/lib/domain/selection/share";
import { textLimits } from "@/lib/services/connectors/text-limits";
import { composeRecord } from "@/lib/services/delivery/compose-record";
import { hashRecord } from "@/lib/services/delivery/content-hash";
import { someValues } from "@/lib/services/delivery/testing/desk";

import { median, spread, type Figure } from "./lib";

/** As many as a push holds in memory; done over and over. */
const CLAIMS = 5_000;
const TURNS = 20;
const ROUNDS = 5;
const BAR = 50_000;
const AMBER = 3;

/**
 * How many records a second this process makes of what is stored: the claim merged, title and description composed, put as the destination
 * wants it, and written as the request's JSON; and how many, where each is also hashed to tell a change, as a push does.
 */
export const benchConversion = (): Figure[] => {
  const claims = someValues(CLAIMS, "sha256").map(makeClaim);
  return (["defender", "sentinel"] as const).flatMap((kind) => {
    const [converted, hashed] = [false, true].map((isHashed) => measureRates(kind, claims, isHashed));
    const name = `Records composed and converted for ${kind}, JSON included`;
    return [
      { name, ...toFigure(converted), bar: { least: BAR } },
      { name: "The same, hashed to tell a change", ...toFigure(hashed) },
    ];
  });
};

const toFigure = (rates: readonly number[] = []) => ({
  value: median(rates),
  unit: "per s",
  note: spread(rates),
});

const measureRates = (kind: ConnectorKind, claims: readonly Claim[], isHashed: boolean): number[] =>
  Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let turn = 0; turn < TURNS; turn += 1) convertAll(kind, claims, isHashed);
    return (CLAIMS * TURNS) / ((performance.now() - start) / 1_000);
  });

const convertAll = (kind: ConnectorKind, claims: readonly Claim[], isHashed: boolean): void => {
  const { maxItems } = REQUESTS[kind];
  for (let from = 0; from < claims.length; from += maxItems)
    convert(kind, claims.slice(from, from + maxItems), isHashed);
};

const REQUESTS = { defender: DEFENDER_LIMITS.import, sentinel: SENTINEL_LIMITS.upload };

const convert = (kind: ConnectorKind, claims: readonly Claim[], isHashed: boolean): string => {
  const records = claims.map((claim) => compose(kind, claim));
  if (isHashed) for (const record of records) hashRecord(kind, record);
  return JSON.stringify(
    kind === "defender"
      ? { Indicators: records.map((record) => toImportItem(record, "Sluice")) }
      : { sourcesystem: "Sluice", stixobjects: records.map(toStixIndicator) },
  );
};

const NOW = new Date();
const IDENTITY = `identity--${randomUUID()}`;

type Claim = ReturnType<typeof makeClaim>;

const makeClaim = (subject: ReturnType<typeof someValues>[number], number: number) => {
  const share: Share = {
    action: "Audit",
    severity: "Medium",
    expiresAt: new Date(NOW.getTime() + 86_400_000),
    content: {
      team: { slug: "team-a", name: "Team A" },
      tlp: AMBER,
      confidence: 85,
      feeds: [
        {
          name: "Microsoft COVID-19",
          isPublic: true,
          comment: `Attachment of the campaign, sample ${String(number)}`,
          threatType: "Malware",
          tags: ["covid", "phishing"],
        },
      ],
    },
  };
  return {
    share,
    item: {
      ...subject,
      indicatorId: String(number),
      key: indicatorId(subject.type, subject.value),
      deviceGroups: null,
    },
  };
};

const compose = (kind: ConnectorKind, { share, item }: Claim): OutgoingRecord =>
  composeRecord(item, NEW_RECORD, mergeClaims([share], AMBER), {
    appUrl: "https://sluice.example",
    createdByRef: IDENTITY,
    deviceGroups: [],
    textLimits: textLimits(kind),
    now: NOW,
  });

const NEW_RECORD = {
  id: randomUUID(),
  indicatorId: "1",
  state: "absent",
  ownerConnectorId: null,
  remoteId: null,
  epoch: 0,
  contentHash: null,
  action: null,
  firstSentAt: NOW,
  visibleAt: null,
  isElsewhere: false,
  makerSeenAt: null,
  nextModifiedAt: NOW,
} as const;
