-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "memory" JSONB;
