-- DropIndex
DROP INDEX "budget_entry_indicator_id";
