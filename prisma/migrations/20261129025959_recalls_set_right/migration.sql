-- AlterTable
ALTER TABLE "plan" ADD COLUMN     "partial" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "team" ADD COLUMN     "screened_watched" INTEGER NOT NULL DEFAULT 0;

-- What recalls planned before: theirs are the only urgent pushes.
UPDATE plan SET partial = true WHERE EXISTS (SELECT FROM push WHERE push.plan_id = plan.id AND push.urgent);

-- An entry is its list's: one with another team would be screened by nobody, or by every team. A foreign key does not say so
-- where the team is null. Once for all rows of a statement, so that a large list costs one look.
CREATE FUNCTION sluice_entries_follow_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM written w LEFT JOIN allowlist a ON a.id = w.allowlist_id
    WHERE a.id IS NULL OR a.team_id IS DISTINCT FROM w.team_id
  ) THEN
    RAISE EXCEPTION 'an entry of an allowlist must have the team of its list'
      USING ERRCODE = 'check_violation', TABLE = 'allowlist_entry', CONSTRAINT = 'allowlist_entry_team';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER allowlist_entry_team_added AFTER INSERT ON allowlist_entry
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION sluice_entries_follow_list();
CREATE TRIGGER allowlist_entry_team_changed AFTER UPDATE ON allowlist_entry
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION sluice_entries_follow_list();
CREATE FUNCTION sluice_allowlist_keeps_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an allowlist keeps its team' USING ERRCODE = 'check_violation', TABLE = 'allowlist', CONSTRAINT = 'allowlist_team';
END
$$;
CREATE TRIGGER allowlist_keeps_team BEFORE UPDATE OF team_id ON allowlist
  FOR EACH ROW WHEN (OLD.team_id IS DISTINCT FROM NEW.team_id) EXECUTE FUNCTION sluice_allowlist_keeps_team();
