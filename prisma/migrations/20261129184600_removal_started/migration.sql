-- AlterTable
ALTER TABLE "stranger" ADD COLUMN     "started_at" TIMESTAMPTZ(3),
ADD COLUMN     "started_by" UUID;
