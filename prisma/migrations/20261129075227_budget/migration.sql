-- Who gets a destination's places: what every connector wants there, and what of it has one.

-- AlterTable
ALTER TABLE "destination" ADD COLUMN     "budget" JSONB;

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "budget" JSONB;

-- AlterTable
ALTER TABLE "plan_item" ADD COLUMN     "cut" INTEGER,
ADD COLUMN     "rank" INTEGER;

-- CreateTable
CREATE TABLE "budget_entry" (
    "connector_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "feed_id" UUID NOT NULL,
    "key" UUID NOT NULL,
    "score" INTEGER NOT NULL,
    "chosen" BOOLEAN NOT NULL,

    CONSTRAINT "budget_entry_pkey" PRIMARY KEY ("connector_id","indicator_id")
);

ALTER TABLE budget_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON budget_entry TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON budget_entry TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON budget_entry TO sluice_app, sluice_system;
-- A purge asks who names an indicator.
CREATE INDEX budget_entry_indicator_id ON budget_entry (indicator_id);
