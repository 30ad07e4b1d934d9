-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "gate" JSONB,
ADD COLUMN     "statistics" JSONB;

-- CreateTable
CREATE TABLE "prevalence" (
    "connector_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "team_id" UUID NOT NULL,
    "devices" INTEGER,
    "last_seen" TIMESTAMPTZ(3),
    "wanted_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_at" TIMESTAMPTZ(3),

    CONSTRAINT "prevalence_pkey" PRIMARY KEY ("connector_id","indicator_id")
);

-- CreateTable
CREATE TABLE "gate_override" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "indicator_id" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by_name" TEXT,

    CONSTRAINT "gate_override_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "prevalence_indicator_id_idx" ON "prevalence"("indicator_id");

-- CreateIndex
CREATE INDEX "gate_override_connector_id_created_at_idx" ON "gate_override"("connector_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "gate_override_indicator_id_idx" ON "gate_override"("indicator_id");

-- What Defender has still to be asked: every minute somebody looks for it.
CREATE INDEX prevalence_wanted ON prevalence (connector_id, wanted_at) WHERE asked_at IS NULL;
CREATE UNIQUE INDEX gate_override_once ON gate_override (connector_id, indicator_id) WHERE lifted_at IS NULL;
ALTER TABLE prevalence ENABLE ROW LEVEL SECURITY;
ALTER TABLE prevalence FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON prevalence TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON prevalence TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE gate_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE gate_override FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON gate_override TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON gate_override TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON prevalence, gate_override TO sluice_app, sluice_system;
