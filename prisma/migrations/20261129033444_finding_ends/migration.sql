-- A team's rows in the order of their ends, and those that end within days. Most lists state no end: their rows stand in no index
-- of ends, and cost an ingest nothing.
CREATE INDEX team_indicator_end ON team_indicator (team_id, valid_until, indicator_id) WHERE valid_until IS NOT NULL;

-- What a list, a recall or a person keeps in: few among very many, so that neither costs an ingest anything either.
CREATE INDEX team_indicator_screened ON team_indicator (team_id, indicator_id) WHERE screened_by IS NOT NULL;
CREATE INDEX team_indicator_inactive ON team_indicator (team_id, indicator_id) WHERE NOT active;
