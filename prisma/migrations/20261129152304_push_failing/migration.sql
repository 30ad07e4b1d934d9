-- AlterTable
ALTER TABLE "push" ADD COLUMN     "failing_since" TIMESTAMPTZ(3);
