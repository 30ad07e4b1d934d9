-- AlterTable
ALTER TABLE "gate_override" ADD COLUMN     "settled_at" TIMESTAMPTZ(3);
