-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "reconcile_asked_at" TIMESTAMPTZ(3),
ADD COLUMN     "reconcile_asked_by" TEXT,
ADD COLUMN     "reconcile_found" JSONB,
ADD COLUMN     "reconciling_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "refresh_taken_at" TIMESTAMPTZ(3);
