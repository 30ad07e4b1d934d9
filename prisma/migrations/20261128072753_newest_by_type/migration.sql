-- The list walks it for each type, newest first or oldest first, whatever the state: short in a set of any size.
DROP INDEX team_indicator_newest;
CREATE INDEX team_indicator_newest ON team_indicator (team_id, type, added_at, indicator_id);
