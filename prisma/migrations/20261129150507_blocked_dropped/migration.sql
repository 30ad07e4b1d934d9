-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "blocked_dropped_at" TIMESTAMPTZ(3);
