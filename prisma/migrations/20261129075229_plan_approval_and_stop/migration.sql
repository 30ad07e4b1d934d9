-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "approval" JSONB,
ADD COLUMN     "automatic_limits" JSONB,
ADD COLUMN     "stop_reason" TEXT,
ADD COLUMN     "stopped_at" TIMESTAMPTZ(3),
ADD COLUMN     "stopped_by_name" TEXT;

-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "approved_at" TIMESTAMPTZ(3),
ADD COLUMN     "approved_by" UUID,
ADD COLUMN     "approved_by_name" TEXT,
ADD COLUMN     "changes_by_reason" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "waits_because" TEXT;

-- Whoever made it does not approve it, whatever the code says.
ALTER TABLE plan ADD CONSTRAINT plan_approved_by_another CHECK (approved_at IS NULL OR approved_by IS DISTINCT FROM created_by),
  ADD CONSTRAINT plan_approval_whole CHECK ((approved_at IS NULL) = (approved_by IS NULL));
ALTER TABLE connector ADD CONSTRAINT connector_stop_whole
  CHECK ((stopped_at IS NULL) = (stop_reason IS NULL) AND (stopped_at IS NULL) = (stopped_by_name IS NULL));
