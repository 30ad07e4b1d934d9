-- AlterTable
ALTER TABLE "destination" ADD COLUMN     "tenant_name" TEXT;
