-- AlterTable
ALTER TABLE "connector" ADD COLUMN     "approval_loosened" JSONB;
