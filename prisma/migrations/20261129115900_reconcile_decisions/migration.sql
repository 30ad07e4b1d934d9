-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "refreshed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "refreshed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "refreshed_at" TIMESTAMPTZ(3),
ADD COLUMN     "unpublished_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "drift_shown" JSONB;

-- AlterTable
ALTER TABLE "withheld" ADD COLUMN     "until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "stranger" (
    "connector_id" UUID NOT NULL,
    "remote_id" TEXT NOT NULL,
    "team_id" UUID NOT NULL,
    "type" SMALLINT,
    "value" TEXT NOT NULL,
    "shown" JSONB NOT NULL,
    "shown_hash" BYTEA NOT NULL,
    "is_duplicate" BOOLEAN NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "choice" TEXT,
    "decided_by" UUID,
    "decided_by_name" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "removing_since" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "removal_tries" SMALLINT NOT NULL DEFAULT 0,
    "problem" TEXT,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "stranger_pkey" PRIMARY KEY ("connector_id","remote_id")
);

-- CreateTable
CREATE TABLE "record_override" (
    "connector_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "absent" BOOLEAN NOT NULL DEFAULT false,
    "action" TEXT,
    "severity" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "title" TEXT,
    "description" TEXT,
    "reason" TEXT NOT NULL,
    "decided_by" UUID NOT NULL,
    "decided_by_name" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "record_override_pkey" PRIMARY KEY ("connector_id","indicator_id")
);

-- CreateIndex
CREATE INDEX "record_override_indicator_id_idx" ON "record_override"("indicator_id");

-- What ends by itself is looked for every minute.
CREATE INDEX withheld_ending ON withheld (until) WHERE lifted_at IS NULL AND until IS NOT NULL;
CREATE INDEX remote_record_unpublished ON remote_record (destination_id, indicator_id) WHERE unpublished_since IS NOT NULL;

-- One word for it everywhere.
ALTER TABLE receipt DROP CONSTRAINT receipt_drift_choice_check;
ALTER TABLE receipt NO FORCE ROW LEVEL SECURITY;
UPDATE receipt SET drift_choice = 'ignore' WHERE drift_choice = 'leave';
ALTER TABLE receipt FORCE ROW LEVEL SECURITY;
ALTER TABLE receipt ADD CHECK (drift_choice IN ('restore', 'ignore'));

ALTER TABLE stranger ADD CHECK (choice IN ('adopt', 'remove', 'ignore')), ADD CHECK ((choice IS NULL) = (decided_at IS NULL)),
  ADD CHECK (removal_tries >= 0);
CREATE INDEX stranger_team ON stranger (team_id);
ALTER TABLE stranger ENABLE ROW LEVEL SECURITY;
ALTER TABLE stranger FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON stranger TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON stranger TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE record_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_override FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON record_override TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON record_override TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON stranger, record_override TO sluice_app, sluice_system;
