-- CreateTable
CREATE TABLE "connector_stop" (
    "connector_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "connector_stop_pkey" PRIMARY KEY ("connector_id")
);
ALTER TABLE connector_stop ENABLE ROW LEVEL SECURITY;
ALTER TABLE connector_stop FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON connector_stop TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON connector_stop TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON connector_stop TO sluice_app, sluice_system;

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "automatic" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "superseded_at" TIMESTAMPTZ(3);
-- What a connector applied by itself of late.
CREATE INDEX plan_automatic ON plan (connector_id, applied_at) WHERE automatic;

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "removed_at" TIMESTAMPTZ(3);

-- The owner is bound by the teams' policies like everybody, and belongs to none.
ALTER TABLE connector NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connector_stop NO FORCE ROW LEVEL SECURITY;
INSERT INTO connector_stop (connector_id, team_id, at, by, reason)
SELECT id, team_id, stopped_at, stopped_by_name, stop_reason FROM connector WHERE stopped_at IS NOT NULL;
ALTER TABLE connector_stop FORCE ROW LEVEL SECURITY;
ALTER TABLE connector FORCE ROW LEVEL SECURITY;
ALTER TABLE receipt NO FORCE ROW LEVEL SECURITY;
ALTER TABLE push NO FORCE ROW LEVEL SECURITY;
ALTER TABLE push_item NO FORCE ROW LEVEL SECURITY;
UPDATE receipt r SET removed_at = coalesce(p.finished_at, i.finished_at)
FROM push_item i JOIN push p ON p.id = i.push_id
WHERE r.state = 'withdrawing' AND i.push_id = r.push_id AND i.indicator_id = r.indicator_id AND i.state = 'removed';
ALTER TABLE push_item FORCE ROW LEVEL SECURITY;
ALTER TABLE push FORCE ROW LEVEL SECURITY;
ALTER TABLE receipt FORCE ROW LEVEL SECURITY;

-- AlterTable
ALTER TABLE "connector" DROP COLUMN "stop_reason",
DROP COLUMN "stopped_at",
DROP COLUMN "stopped_by_name";
