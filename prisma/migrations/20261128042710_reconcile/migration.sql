-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "reconcile_problem" TEXT,
ADD COLUMN     "reconcile_tried_at" TIMESTAMPTZ(3),
ADD COLUMN     "reconciled_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "shown_hash" BYTEA;

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "drift" TEXT;

-- Few among many: what drifted, and what nobody can change any more.
CREATE INDEX "receipt_drift" ON "receipt" ("connector_id") WHERE drift IS NOT NULL;
CREATE INDEX "remote_record_orphaned" ON "remote_record" ("owner_connector_id") WHERE state = 'orphaned';
CREATE INDEX "remote_record_owner" ON "remote_record" ("owner_connector_id") WHERE state IN ('live', 'orphaned');
