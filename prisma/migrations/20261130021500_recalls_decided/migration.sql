-- The owner is bound by the teams' policies like everybody, and belongs to none: what earlier migrations said of these rows met none.
ALTER TABLE plan NO FORCE ROW LEVEL SECURITY;
ALTER TABLE plan_item NO FORCE ROW LEVEL SECURITY;
ALTER TABLE push NO FORCE ROW LEVEL SECURITY;
ALTER TABLE recall_item NO FORCE ROW LEVEL SECURITY;
-- What went ahead was of some values alone.
UPDATE plan SET partial = true WHERE NOT partial AND EXISTS (SELECT FROM push WHERE push.plan_id = plan.id AND push.urgent);
-- What recalls took away within the hour counts for nobody.
UPDATE plan SET decided = true
WHERE partial AND withheld_id IS NULL AND NOT automatic AND NOT decided AND add + change = 0 AND applied_at > now() - interval '1 hour'
  AND NOT EXISTS (
    SELECT FROM plan_item i WHERE i.plan_id = plan.id
      AND NOT EXISTS (SELECT FROM recall_item r WHERE r.team_id = plan.team_id AND r.indicator_id = i.indicator_id));
ALTER TABLE recall_item FORCE ROW LEVEL SECURITY;
ALTER TABLE push FORCE ROW LEVEL SECURITY;
ALTER TABLE plan_item FORCE ROW LEVEL SECURITY;
ALTER TABLE plan FORCE ROW LEVEL SECURITY;
