-- AlterTable
ALTER TABLE "push_item" ADD COLUMN     "overtaken" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "urgent_item" (
    "connector_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "urgent_item_pkey" PRIMARY KEY ("connector_id","indicator_id")
);

-- CreateIndex
CREATE INDEX "urgent_item_indicator_id_idx" ON "urgent_item"("indicator_id");
CREATE INDEX urgent_item_asked ON urgent_item (asked_at);

ALTER TABLE urgent_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE urgent_item FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON urgent_item TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON urgent_item TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON urgent_item TO sluice_app, sluice_system;
