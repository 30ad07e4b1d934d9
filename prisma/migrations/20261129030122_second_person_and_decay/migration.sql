-- AlterTable
ALTER TABLE "feed" ADD COLUMN     "source_seen_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "team_indicator" ADD COLUMN     "halvings" SMALLINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "team" ADD COLUMN     "second_person" TEXT NOT NULL DEFAULT 'off',
ADD COLUMN     "second_person_withdrawals" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "decay_rule" (
    "team_id" UUID NOT NULL,
    "type" SMALLINT NOT NULL,
    "half_life_days" INTEGER NOT NULL,
    "floor" SMALLINT NOT NULL,

    CONSTRAINT "decay_rule_pkey" PRIMARY KEY ("team_id","type")
);

-- CreateTable
CREATE TABLE "proposal" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "reason" TEXT NOT NULL,
    "items" INTEGER NOT NULL,
    "proposed_by" UUID NOT NULL,
    "proposed_by_name" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by" UUID,
    "decided_by_name" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decision_reason" TEXT,

    CONSTRAINT "proposal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "proposal_item" (
    "proposal_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "indicator_key" UUID NOT NULL,
    "type" SMALLINT NOT NULL,
    "value" TEXT NOT NULL,
    "after" JSONB,
    "before" JSONB NOT NULL,
    "seen" TEXT NOT NULL,

    CONSTRAINT "proposal_item_pkey" PRIMARY KEY ("proposal_id","line")
);

-- CreateIndex
CREATE INDEX "proposal_team_id_state_proposed_at_id_idx" ON "proposal"("team_id", "state", "proposed_at" DESC, "id");

ALTER TABLE team ADD CHECK (second_person IN ('off', 'block', 'all'));
ALTER TABLE decay_rule ADD CHECK (half_life_days BETWEEN 1 AND 3650), ADD CHECK (floor BETWEEN 0 AND 100);
ALTER TABLE proposal ADD CHECK (operation IN ('add', 'withdraw')),
  ADD CHECK (state IN ('open', 'approved', 'declined', 'cancelled')),
  ADD CHECK ((state = 'open') = (decided_at IS NULL)),
  -- Whoever wrote it does not approve it, whatever the code says.
  ADD CHECK (state <> 'approved' OR decided_by <> proposed_by);
ALTER TABLE proposal_item ADD FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE;
ALTER TABLE decay_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE decay_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON decay_rule TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON decay_rule TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE proposal FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON proposal TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON proposal TO sluice_system USING (true) WITH CHECK (true);
ALTER TABLE proposal_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE proposal_item FORCE ROW LEVEL SECURITY;
CREATE POLICY team_scope ON proposal_item TO sluice_app USING (team_id = ANY ((SELECT sluice_scope())::uuid[]))
  WITH CHECK (team_id = ANY ((SELECT sluice_scope())::uuid[]));
CREATE POLICY system_scope ON proposal_item TO sluice_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON decay_rule, proposal, proposal_item TO sluice_app, sluice_system;
