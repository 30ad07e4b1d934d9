-- What finding one value among millions needs. `indicator` has no row policy, so that operators that are not leakproof may use
-- these; who may see a value is decided by the join with the team's view. Each costs every ingest: docs/performance.md.

-- The extension is trusted: whoever may create in the database may make it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The beginning of a value, and the order by value, of each type.
DROP INDEX indicator_value_prefix;
CREATE INDEX indicator_value_prefix ON indicator (type, left(value, 200), id);

-- Everything inside a network. The CASE keeps other values from being read as addresses, whatever is evaluated first.
CREATE INDEX indicator_network ON indicator ((CASE WHEN type <= 4 THEN value::inet END)) WHERE type <= 4;

-- Hosts backwards, so that what is below a domain stands together: of domains, URLs and e-mail addresses.
CREATE INDEX indicator_host ON indicator (reverse(left(CASE type
    WHEN 5 THEN value
    WHEN 6 THEN split_part(split_part(value, '/', 3), ':', 1)
    WHEN 7 THEN split_part(value, '@', -1)
  END, 255))) WHERE type BETWEEN 5 AND 7;

-- What stands in the middle of domains, URLs and e-mail addresses. Of hashes and addresses nobody knows the middle alone.
-- A large list is worked in in few pieces: with the usual 4 MB each piece touched every trigram for a few values.
CREATE INDEX indicator_part ON indicator USING gin (value gin_trgm_ops) WITH (gin_pending_list_limit = 32768)
  WHERE type BETWEEN 5 AND 7;

-- What most filters ask for stands beside the key, so that a rare answer is found without a look at a million rows.
DROP INDEX team_indicator_newest;
CREATE INDEX team_indicator_newest ON team_indicator (team_id, type, added_at, indicator_id)
  INCLUDE (last_seen, valid_until, confidence, tlp, active, screened_by);
-- That needs pages known to be visible to all: after a load, soon.
ALTER TABLE team_indicator SET (autovacuum_vacuum_insert_scale_factor = 0.02);

-- A team's rows in the list's other orders.
CREATE INDEX team_indicator_seen ON team_indicator (team_id, last_seen, indicator_id);
CREATE INDEX team_indicator_confidence ON team_indicator (team_id, confidence, indicator_id);
