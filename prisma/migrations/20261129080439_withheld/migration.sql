-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "withheld_id" UUID;

-- CreateTable
CREATE TABLE "withheld" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "feed_id" UUID,
    "run_id" UUID,
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by_name" TEXT,

    CONSTRAINT "withheld_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "withheld_item" (
    "withheld_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,

    CONSTRAINT "withheld_item_pkey" PRIMARY KEY ("withheld_id","indicator_id")
);

-- CreateIndex
CREATE INDEX "withheld_team_id_created_at_idx" ON "withheld"("team_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "withheld_item_indicator_id_idx" ON "withheld_item"("indicator_id");

-- CreateIndex
CREATE INDEX "plan_withheld_id_idx" ON "plan"("withheld_id");

ALTER TABLE withheld ADD CHECK (scope IN ('feed', 'run', 'team')),
  ADD CHECK ((scope = 'team') = (feed_id IS NULL)), ADD CHECK ((scope = 'run') = (run_id IS NOT NULL));
-- What every plan and every batch asks first.
CREATE INDEX withheld_standing ON withheld (team_id) WHERE lifted_at IS NULL;
CREATE UNIQUE INDEX withheld_once ON withheld (team_id, scope, feed_id, run_id) NULLS NOT DISTINCT WHERE lifted_at IS NULL;
ALTER TABLE withheld_item ADD FOREIGN KEY (withheld_id) REFERENCES withheld (id) ON DELETE CASCADE;
ALTER TABLE withheld ENABLE ROW LEVEL SECURITY;
ALTER TABLE withheld FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON withheld TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON withheld TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE withheld_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE withheld_item FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON withheld_item TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON withheld_item TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON withheld, withheld_item TO sluice_app, sluice_system;
