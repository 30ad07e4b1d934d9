import "server-only";

import { asSystem } from "@/lib/db/scope";
import { PREVALENCE_DAYS } from "@/lib/domain/delivery/prevalence";
import { KEPT_HOURS } from "@/lib/domain/connector/credential-life";

/**
 * Drops what has had its time: credentials that were replaced a day ago, figures of a month ago, previews, bodies a killed worker left, sent announcements, old sessions' and idempotency rows, and
 * what deleted connectors removed, and the items of bulk changes a season ago, whose entry in the audit says what was chosen.
 */
export const cleanUp = async (): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    // In one statement: a body that a feed takes over in this moment keeps its chunks, too.
    await tx.$executeRaw`
      WITH gone AS (DELETE FROM body WHERE expires_at < now() RETURNING id)
      DELETE FROM body_chunk c USING gone WHERE c.body_id = gone.id`;
    await tx.$executeRaw`DELETE FROM outbox WHERE sent_at < now() - interval '1 day'`;
    await tx.$executeRaw`DELETE FROM idempotency_key WHERE created_at < now() - interval '1 day'`;
    await tx.$executeRaw`DELETE FROM session WHERE expires_at < now() - interval '30 days'`;
    await tx.$executeRaw`
      DELETE FROM bulk_change_item WHERE (change_id, indicator_id) IN (
        SELECT x.change_id, x.indicator_id FROM bulk_change b JOIN bulk_change_item x ON x.change_id = b.id
        WHERE b.finished_at < now() - interval '90 days' LIMIT 50000)`;
    await tx.$executeRaw`
      UPDATE credential SET sealed = ''
      WHERE state = 'retired' AND sealed <> '' AND retired_at < now() - make_interval(hours => ${KEPT_HOURS})`;
    await tx.$executeRaw`
      DELETE FROM prevalence WHERE greatest(wanted_at, asked_at) < now() - make_interval(days => ${PREVALENCE_DAYS})`;
    await tx.$executeRaw`
      DELETE FROM stranger s USING connector c
      WHERE c.id = s.connector_id AND c.deleted_at < now() - interval '2 hours'`;
    await tx.$executeRaw`DELETE FROM rate_limit WHERE expire < extract(epoch FROM now()) * 1000`;
  });
};
