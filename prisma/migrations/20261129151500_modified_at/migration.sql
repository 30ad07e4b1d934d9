-- AlterTable
ALTER TABLE "remote_record" ADD COLUMN     "modified_at" TIMESTAMPTZ(3);
