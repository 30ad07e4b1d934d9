import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Destination } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { bulkAsSystem, bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { connectorCreateSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorTypeCode, type IndicatorType } from "@/lib/domain/indicator/types";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { createConnector } from "@/lib/services/connectors/create-connector";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan, type MadePlan } from "@/lib/services/planning/create-plan";
import { deliverPush, type DeliveryOutcome } from "../deliver-push";
import { getPush } from "../get-push";
import { installationIdentity } from "../installation";
import { describeAuthor } from "../introduce";

// A team's desk in tests: it connects destinations, vouches for values and pushes, through the product's own services. Values
// are put in by SQL, as an ingest leaves them.

export const CONTOSO = "7e000001-0a1b-4c2d-8e3f-000000000001";
export const CONTOSO_SOC = "5e900001-0a0a-4b0b-8c0c-000000000001";
const APPLICATIONS = { TPI_TeamA: 1, TPI_TeamB: 2, TPI_Reader: 3, TPI_NoConsent: 4, TPI_ExpiredSecret: 5 };
export type ApplicationName = keyof typeof APPLICATIONS;

/** The client id of one of the sandbox's applications. */
export const clientIdOf = (name: ApplicationName): string =>
  `a0000001-1a1a-4b2b-8c3c-${String(APPLICATIONS[name]).padStart(12, "0")}`;

type Team = { id: string; slug: string };
type ConnectOptions = {
  app?: ApplicationName;
  isReadable?: boolean;
  /** Whether the workspace knows already who sends, so that a push uploads records alone. */
  isIntroduced?: boolean;
} & Record<string, unknown>;

/** A connector of the team to the sandbox's tenant Contoso or its workspace contoso-soc. */
export const connect = async (
  actor: Actor,
  team: Team,
  kind: ConnectorKind,
  { app = "TPI_TeamA", isReadable = true, isIntroduced = true, ...settings }: ConnectOptions = {},
): Promise<ConnectorView> => {
  const azure = {
    subscriptionId: "5b000001-0d0d-4e0e-8f0f-000000000001",
    resourceGroup: "rg-security",
    workspaceName: "contoso-soc",
  };
  const input = connectorCreateSchema.parse({
    team: team.slug,
    name: `${kind} ${randomUUID()}`,
    kind,
    cloud: "sandbox",
    tenantId: CONTOSO,
    clientId: clientIdOf(app),
    clientSecret: `sandbox~secret~of~${app}`,
    ...(kind === "sentinel" && { workspaceId: CONTOSO_SOC, ...(isReadable && azure) }),
    automaticLimits: null,
    ...settings,
  });
  const connector = await createConnector(actor, team.id, input);
  if (kind === "sentinel" && isIntroduced) await introduceAt(connector.id);
  return connector;
};

const introduceAt = async (connectorId: string): Promise<void> => {
  const { hash } = describeAuthor(await installationIdentity());
  await bulkAsSystem("delivery", (client) =>
    client.query(
      `UPDATE destination SET author_hash = decode($2, 'hex') WHERE id = (SELECT destination_id FROM connector WHERE id = $1)`,
      [connectorId, hash],
    ),
  );
};

export type Vouched = { type: IndicatorType; value: string };
type FeedOptions = {
  name: string;
  visibility?: "team" | "everyone";
  comment?: string;
  threatType?: string;
  tlp?: number;
  confidence?: number;
  tags?: readonly string[];
  lastSeen?: Date;
  /** `stronger`: the public ids of stronger hashes of the same file. */
  context?: { action?: string; severity?: string; stronger?: readonly string[] } | null;
};

/** Makes a feed of the team that vouches for the values from now on; gives its id. */
export const vouch = async (
  team: Team,
  values: readonly Vouched[],
  {
    name,
    visibility = "team",
    comment = "",
    threatType = "",
    tlp = 3,
    confidence = 80,
    tags = [],
    lastSeen = new Date(),
    context = null,
  }: FeedOptions,
): Promise<string> =>
  bulkAsTeam(team.id, async (client) => {
    const feedId = randomUUID();
    await client.query(
      `INSERT INTO feed (id, team_id, name, kind, visibility, live_generation, last_run_number)
       VALUES ($1, $2, $3, 'csv', $4, 1, 1)`,
      [feedId, team.id, name, visibility],
    );
    const rows = values.map(({ type, value }) => ({
      key: indicatorId(type, value),
      type: indicatorTypeCode(type),
      value,
    }));
    await client.query(
      `INSERT INTO indicator (key, type, value)
       SELECT key, type, value FROM jsonb_to_recordset($1) AS v (key uuid, type smallint, value text)
       ON CONFLICT (key) DO NOTHING`,
      [JSON.stringify(rows)],
    );
    await client.query(
      `INSERT INTO attribution (feed_id, team_id, indicator_id, from_generation, line, confidence, tlp, tags, comment,
         threat_type, first_seen, last_seen, context, fingerprint)
       SELECT $1, $2, i.id, 1, 1, $3, $4, $9, $5, $6, now(), $10, $7, 0
       FROM indicator i JOIN jsonb_to_recordset($8) AS v (key uuid) ON v.key = i.key`,
      [feedId, team.id, confidence, tlp, comment, threatType, context, JSON.stringify(rows), tags, lastSeen],
    );
    await client.query(
      `INSERT INTO team_indicator AS seen (team_id, indicator_id, type, active, confidence, tlp, tags, feed_ids, first_seen,
         last_seen, added_at, changed_at)
       SELECT $1, i.id, i.type, true, $2, $3, '{}', ARRAY[$4::uuid], now(), $6, now(), now()
       FROM indicator i JOIN jsonb_to_recordset($5) AS v (key uuid) ON v.key = i.key
       ON CONFLICT (team_id, indicator_id) DO UPDATE SET active = true, tlp = greatest(seen.tlp, excluded.tlp)`,
      [team.id, confidence, tlp, feedId, JSON.stringify(rows), lastSeen],
    );
    await client.query("UPDATE team SET merged_at = greatest(merged_at, now()) WHERE id = $1", [team.id]);
    await announcePlansSql(client, team.id);
    return feedId;
  });

/** The team's feeds stop vouching for the values. */
export const unvouch = async (team: Team, values: readonly Vouched[]): Promise<void> => {
  const keys = values.map(({ type, value }) => indicatorId(type, value));
  await bulkAsTeam(team.id, async (client) => {
    await client.query(
      `UPDATE attribution a SET until_generation = 2 FROM indicator i
       WHERE a.team_id = $1 AND i.id = a.indicator_id AND i.key = ANY ($2::uuid[]) AND a.until_generation IS NULL`,
      [team.id, keys],
    );
    await client.query(
      `UPDATE team_indicator t SET active = false, feed_ids = '{}' FROM indicator i
       WHERE t.team_id = $1 AND i.id = t.indicator_id AND i.key = ANY ($2::uuid[])`,
      [team.id, keys],
    );
    await announcePlansSql(client, team.id);
  });
};

/** So many values of one type that no two tests share. */
export const someValues = (
  count: number,
  type: "sha256" | "sha1" | "md5" | "domain" | "ipv4" = "domain",
): Vouched[] => {
  const run = randomUUID().replaceAll("-", "");
  return Array.from({ length: count }, (_, index) => {
    const number = index.toString(16).padStart(8, "0");
    if (type === "sha256") return { type, value: `${run}${run.slice(0, 24)}${number}` };
    if (type === "sha1") return { type, value: `${run}${number}` };
    if (type === "md5") return { type, value: `${run.slice(0, 24)}${number}` };
    if (type === "domain") return { type, value: `h${number}.${run}.example.com` };
    const [a, b] = [Number.parseInt(run.slice(0, 2), 16), (index >> 8) % 256];
    return { type, value: `203.0.${String((a + b) % 256)}.${String(index % 256)}` };
  });
};

/** Forgets what stands anywhere, after the sandbox was reset: both then know nothing. Run it as the owner. */
export const forgetDestinations = async (client: {
  query: (sql: string) => Promise<unknown>;
}): Promise<void> => {
  // The sandbox gives the same ids anew.
  await client.query("UPDATE receipt SET remote_id = NULL WHERE remote_id IS NOT NULL");
  await client.query("TRUNCATE claim, remote_record, bucket, budget_entry");
  await client.query("UPDATE destination SET capacity = NULL, budget = NULL");
};

const never = new AbortController().signal;

/** Plans for a connector. */
export const plan = (actor: Actor, { id, teamId }: ConnectorView, isWithdrawal = false): Promise<MadePlan> =>
  createPlan({ connectorId: id, teamId, doer: asDoer(actor), isWithdrawal });

/** Plans and applies; gives the push's id. */
export const apply = async (actor: Actor, connector: ConnectorView): Promise<string> => {
  const made = await plan(actor, connector);
  const doer = asDoer(actor);
  const { id } = await applyPlan({ planId: made.id, teamId: connector.teamId, hash: made.hash, doer });
  return id;
};

/** Delivers as the queue does: a push that gives its worker back for a while is taken up again when its time has come. */
export const deliverToTheEnd = async (pushId: string, open?: OpenDestination): Promise<DeliveryOutcome> => {
  for (let hasWaited = false; ;) {
    const outcome = await deliverPush(pushId, { signal: never, ...(open && { open }) });
    hasWaited ||= outcome === "waiting";
    if (outcome !== "waiting" && !(outcome === "busy" && hasWaited)) return outcome;
    await sleep(250);
  }
};

/** Destinations that get one request after the other, for what is to happen in between. */
export const openOneByOne: OpenDestination = (settings) => {
  const destination = openDestination(settings);
  return { ...destination, limits: { ...destination.limits, requestsAtOnce: 1 } };
};

/** Destinations of which a few values are several batches, each of two requests: one is prepared and one written down while one leaves. */
export const openInSmallBatches: OpenDestination = (settings) => {
  const destination = openDestination(settings);
  return { ...destination, limits: { maxPerPush: 2, maxPerWithdraw: 2, requestsAtOnce: 2 } };
};

/** Delivers, and lets something happen between the destination's carrying out of the first batch and its answer. */
export const deliverMeanwhile = async (
  pushId: string,
  meanwhile: () => Promise<void>,
): Promise<DeliveryOutcome> => {
  let isFirst = true;
  const open: OpenDestination = (settings) => {
    const destination = openOneByOne(settings);
    const push: Destination["push"] = async (batch, signal) => {
      const receipts = await destination.push(batch, signal);
      if (isFirst) {
        isFirst = false;
        await meanwhile();
      }
      return receipts;
    };
    return { ...destination, push };
  };
  return deliverToTheEnd(pushId, open);
};

/** Plans, applies and delivers; gives the push as its page shows it. */
export const push = async (actor: Actor, connector: ConnectorView, open?: OpenDestination) => {
  const id = await apply(actor, connector);
  await deliverToTheEnd(id, open);
  return getPush(actor, id);
};
