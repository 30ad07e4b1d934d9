-- A new push, plan or connector is in no statistics yet: the server takes it for one row and reads all rows of it for each of a
-- batch, which grows with the square of a push. Without statistics of these columns it takes each value for one in two hundred.
ALTER TABLE "plan_item" ALTER COLUMN "plan_id" SET STATISTICS 0;
ALTER TABLE "push_item" ALTER COLUMN "push_id" SET STATISTICS 0;
ALTER TABLE "receipt" ALTER COLUMN "connector_id" SET STATISTICS 0;
ALTER TABLE "claim" ALTER COLUMN "connector_id" SET STATISTICS 0;
ALTER TABLE "budget_entry" ALTER COLUMN "connector_id" SET STATISTICS 0;
ALTER TABLE "remote_record" ALTER COLUMN "destination_id" SET STATISTICS 0;

-- What was gathered before stays until it is cleared, which servers before 18 cannot.
DO $$
BEGIN
  IF to_regprocedure('pg_clear_attribute_stats(text, text, text, boolean)') IS NOT NULL THEN
    PERFORM pg_clear_attribute_stats(current_schema(), known.relation, known.attribute, false)
    FROM (VALUES ('plan_item', 'plan_id'), ('push_item', 'push_id'), ('receipt', 'connector_id'), ('claim', 'connector_id'),
      ('budget_entry', 'connector_id'), ('remote_record', 'destination_id')) AS known (relation, attribute);
  END IF;
END
$$;
