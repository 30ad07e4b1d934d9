-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "altered" JSONB;

-- AlterTable
ALTER TABLE "team" ADD COLUMN     "former_names" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- The owner is bound by the teams' policies like everybody, and belongs to none.
ALTER TABLE team NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connector NO FORCE ROW LEVEL SECURITY;
ALTER TABLE claim NO FORCE ROW LEVEL SECURITY;
-- What teams were called before.
UPDATE team t SET former_names = ARRAY(
  SELECT DISTINCT a.detail #>> '{before,name}' FROM audit_entry a
  WHERE a.team_id = t.id AND a.action = 'team.update' AND a.detail #>> '{before,name}' <> t.name);
-- Feeds that are not everybody's any more may still be named in what several teams read: every plan made before is behind.
UPDATE team SET change_count = change_count + 1;
-- What others' stricter sources say may stand there by an application that does not let it out: its next plan writes it anew.
UPDATE claim c SET content_hash = decode('00', 'hex') || c.content_hash
FROM connector k
WHERE k.id = c.connector_id AND EXISTS (
  SELECT FROM claim other WHERE other.record_id = c.record_id AND other.connector_id <> c.connector_id
    AND other.tlp > CASE k.selection->>'maxTlp' WHEN 'clear' THEN 1 WHEN 'green' THEN 2 WHEN 'amber+strict' THEN 4 WHEN 'red' THEN 5 ELSE 3 END);
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
ALTER TABLE connector FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE team FORCE ROW LEVEL SECURITY;
