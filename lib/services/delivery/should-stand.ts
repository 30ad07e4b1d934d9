import "server-only";

import { z } from "zod";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { patternKey, toPattern } from "@/lib/connectors/sentinel/pattern";
import type { Altered, ShownRecord } from "@/lib/domain/delivery/drift";
import { indicatorTypeFromCode, TLPS, tlpFromCode } from "@/lib/domain/indicator/types";
import { recordScope } from "@/lib/domain/selection/policy";

/** How a record `r` at its destination `d` should stand, but for its words, as columns of a statement; read by `toShould`. */
export const SHOULD = `r.action, r.severity, r.expires_at AS "expiresAt", jsonb_strip_nulls(jsonb_build_object(
  'groups', CASE WHEN d.kind = 'defender' THEN r.scope END,
  'alerts', CASE WHEN d.kind = 'defender' AND r.action <> 'Allowed' THEN true END,
  'subject', CASE WHEN d.kind = 'sentinel' THEN (SELECT jsonb_build_array(i.type, i.value) FROM indicator i WHERE i.id = r.indicator_id) END,
  'tlp', CASE WHEN d.kind = 'sentinel' THEN (SELECT CASE WHEN min(w.tlp) = max(w.tlp) THEN max(w.tlp) END FROM claim w WHERE w.record_id = r.id) END,
  'altered', CASE WHEN r.content_hash IS NULL THEN r.altered END)) AS should`;

/** What `SHOULD` gives. */
export type ShouldRow = Pick<ShownRecord, "action" | "severity" | "expiresAt"> & { should: unknown };

/**
 * How a record should stand, but for its words; what was found changed there already, as it was found. Of claims that are marked each
 * otherwise only who wrote it last would know which marking stands.
 */
export const toShould = ({ should, ...row }: ShouldRow): Omit<ShownRecord, "textHash"> => {
  const { groups, alerts, subject, tlp, altered } = shouldSchema.parse(should);
  const [type, value] = subject ?? [];
  const pattern =
    type === undefined || value === undefined
      ? null
      : patternKey(toPattern(indicatorTypeFromCode(type), value));
  const marking = tlp === null ? null : asMarked(tlpFromCode(tlp));
  return {
    ...row,
    groups: altered.groups ?? groups,
    alerts: altered.alerts ?? alerts,
    pattern: altered.pattern ?? pattern,
    marking: altered.marking ?? marking,
  };
};

/** What can be compared of a listed record, but for its words. */
export const toShownRecord = ({
  action,
  severity,
  expiresAt,
  deviceGroups,
  raisesAlert,
  pattern,
  tlp,
  tellsMarking,
}: RemoteRecord): Omit<ShownRecord, "textHash"> => ({
  ...{ action, severity, expiresAt, pattern },
  groups: deviceGroups && recordScope(deviceGroups),
  alerts: action === "Allowed" ? null : raisesAlert,
  marking: tlp === null ? (tellsMarking ? "none" : null) : asMarked(tlp),
});

/** What of a shown record is kept with ours while it is not as it should be. */
export const toAltered = ({ groups, alerts, pattern, marking }: ShownRecord): Partial<Altered> => ({
  ...(groups !== null && { groups }),
  ...(alerts !== null && { alerts }),
  ...(pattern !== null && { pattern }),
  ...(marking !== null && { marking }),
});

// Both of our ambers are one marking there.
const asMarked = (tlp: (typeof TLPS)[number]): (typeof TLPS)[number] =>
  tlp === "amber" ? "amber+strict" : tlp;

/** What was kept of a record that somebody made otherwise. */
export const toStoredAltered = (stored: unknown): StoredAltered => alteredSchema.parse(stored ?? {});

const alteredSchema = z.object({
  groups: z.string().optional(),
  alerts: z.boolean().optional(),
  pattern: z.string().optional(),
  marking: z.enum([...TLPS, "none"]).optional(),
});
export type StoredAltered = z.output<typeof alteredSchema>;
const shouldSchema = z.object({
  groups: z.string().nullable().default(null),
  alerts: z.boolean().nullable().default(null),
  subject: z.tuple([z.number(), z.string()]).optional(),
  tlp: z.number().nullable().default(null),
  altered: alteredSchema.default({}),
});
