-- What the trace of one value looks up: by an id at a destination or at the source, by the event that it shares with others, by push.

-- Generated, so that whoever writes `context` need not know; stored, so that an index under a row policy compares plain text only.
ALTER TABLE "attribution"
  ADD COLUMN "event" TEXT GENERATED ALWAYS AS (context -> 'origin' ->> 'event') STORED,
  ADD COLUMN "external_id" TEXT GENERATED ALWAYS AS (context -> 'origin' ->> 'id') STORED;
-- Most feeds say neither, and cost these nothing.
CREATE INDEX attribution_event ON attribution (event, team_id, indicator_id)
  WHERE event IS NOT NULL AND until_generation IS NULL;
CREATE INDEX attribution_external_id ON attribution (external_id, team_id) WHERE external_id IS NOT NULL;

CREATE INDEX receipt_remote_id ON receipt (remote_id) WHERE remote_id IS NOT NULL;
CREATE INDEX receipt_stix_id ON receipt (stix_id) WHERE stix_id IS NOT NULL;

-- CreateIndex
CREATE INDEX "push_item_indicator_id_idx" ON "push_item"("indicator_id");

-- CreateIndex
CREATE INDEX "recall_item_indicator_id_idx" ON "recall_item"("indicator_id");

-- CreateTable
CREATE TABLE "team_overlap" (
    "team_id" UUID NOT NULL,
    "merged_at" TIMESTAMPTZ(3),
    "computed_at" TIMESTAMPTZ(3) NOT NULL,
    "result" JSONB NOT NULL,

    CONSTRAINT "team_overlap_pkey" PRIMARY KEY ("team_id")
);

ALTER TABLE team_overlap ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_overlap FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON team_overlap TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON team_overlap TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON team_overlap TO sluice_app;
GRANT SELECT, DELETE ON team_overlap TO sluice_system;
