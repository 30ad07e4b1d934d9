-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "planning" JSONB;
