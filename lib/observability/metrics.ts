import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const open = () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    apiSeconds: new Histogram({
      name: "sluice_api_request_seconds",
      help: "Time to answer a request of the API, by route and status.",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
      registers,
    }),
    queueWaiting: new Gauge({
      name: "sluice_queue_waiting_jobs",
      help: "Jobs that wait in a queue.",
      labelNames: ["queue"],
      registers,
    }),
    queueReachable: new Gauge({
      name: "sluice_queue_reachable",
      help: "1 when the queue's store answers.",
      labelNames: ["queue"],
      registers,
    }),
    outboxUnsent: new Gauge({
      name: "sluice_outbox_unsent",
      help: "Announced work that no job carries yet.",
      registers,
    }),
    auditUnsealed: new Gauge({
      name: "sluice_audit_unsealed_entries",
      help: "Audit entries that no seal covers yet.",
      registers,
    }),
    auditUnsealedSeconds: new Gauge({
      name: "sluice_audit_unsealed_seconds",
      help: "Age of the oldest audit entry without a seal; alert above 60.",
      registers,
    }),
    working: new Gauge({
      name: "sluice_in_progress",
      help: "Runs of feeds and pushes under way.",
      labelNames: ["kind"],
      registers,
    }),
    feeds: new Gauge({
      name: "sluice_feeds",
      help: "Feeds that are switched on, lists kept by hand aside.",
      registers,
    }),
    sickFeeds: new Gauge({
      name: "sluice_sick_feeds",
      help: "Feeds that need a person, by why: held, failing, refused (the source gives what a person discarded), stale, overdue, or nothing of them is live (barren); alert above 0.",
      labelNames: ["reason"],
      registers,
    }),
    credentialExpiresSeconds: new Gauge({
      name: "sluice_credential_expires_seconds",
      help: "Time until a connector's secret or certificate ends, negative once it has; alert below 14 days.",
      labelNames: ["team", "connector", "connector_id", "kind"],
      registers,
    }),
    refusedCredentials: new Gauge({
      name: "sluice_refused_credentials",
      help: "Connectors whose secret or certificate Microsoft does not accept; alert above 0.",
      registers,
    }),
    readerExpiresSeconds: new Gauge({
      name: "sluice_reader_expires_seconds",
      help: "Time until the credential ends by which a destination is read for all teams, negative once it has; alert below 14 days.",
      labelNames: ["tenant_id", "destination_id", "kind"],
      registers,
    }),
    refusedReaders: new Gauge({
      name: "sluice_refused_readers",
      help: "Destinations whose own credential Microsoft does not accept; alert above 0.",
      registers,
    }),
    stopped: new Gauge({
      name: "sluice_stopped_connectors",
      help: "Connectors whose sending a person switched off, or all of them; alert above 0.",
      registers,
    }),
    waitingPlans: new Gauge({
      name: "sluice_waiting_plans",
      help: "Plans of automatic connectors that are left to a person, being more than their limits; alert above 0.",
      registers,
    }),
    unanswered: new Gauge({
      name: "sluice_unanswered_pushes",
      help: "Pushes whose destination has not answered for two minutes or longer; they go on by themselves.",
      registers,
    }),
    orphaned: new Gauge({
      name: "sluice_orphaned_records",
      help: "Records at destinations whose makers cannot sign in any more; alert above 0.",
      registers,
    }),
  };
};

// `next dev` reloads modules but keeps globalThis; a second registry would start from nothing.
const kept = globalThis as typeof globalThis & { sluiceMetrics?: ReturnType<typeof open> };

/** What this process measures of itself. */
export const metrics = () => (kept.sluiceMetrics ??= open());
