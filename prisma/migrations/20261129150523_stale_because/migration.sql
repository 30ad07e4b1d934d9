-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "stale_because" TEXT;
