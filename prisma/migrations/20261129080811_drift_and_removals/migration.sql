-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "drift_mode" TEXT NOT NULL DEFAULT 'restore',
ADD COLUMN     "reconcile_minutes" INTEGER NOT NULL DEFAULT 60;

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "drift_choice" TEXT,
ADD COLUMN     "removal_tries" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "still_shown" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE connector ADD CHECK (drift_mode IN ('restore', 'ask')), ADD CHECK (reconcile_minutes BETWEEN 15 AND 1440);
ALTER TABLE receipt ADD CHECK (drift_choice IN ('restore', 'leave'));
-- Few rows.
CREATE INDEX receipt_still_shown ON receipt (connector_id, indicator_id) WHERE still_shown;
