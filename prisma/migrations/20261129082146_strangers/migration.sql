-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "strangers" JSONB;
