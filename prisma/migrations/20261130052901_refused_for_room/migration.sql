-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "ended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "push_item" ADD COLUMN     "refused_record_id" UUID;
