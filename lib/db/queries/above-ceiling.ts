import { selectionSchema } from "@/lib/domain/connector/selection-input";
import { tlpCode, TLPS } from "@/lib/domain/indicator/types";

/** The strictest marking that a connector lets out, as a number; `selection` is its column. */
const ceilingOf = (selection: string): string =>
  `(CASE coalesce(${selection}->>'maxTlp', '${selectionSchema.shape.maxTlp.parse(undefined)}')
    ${TLPS.map((tlp) => `WHEN '${tlp}' THEN ${String(tlpCode(tlp))}`).join(" ")} END)`;

type Planned = {
  /** The connector's. */
  selection: string;
  /** What was planned for the value. */
  content: string;
};

/**
 * Whether a source of the team marks the value that this row is about more strictly than its connector lets out, or, where it was planned
 * on the word of networks, one of these does.
 */
export const isAboveCeiling = (row: string, { selection, content }: Planned): string =>
  `(EXISTS (SELECT FROM team_indicator own WHERE own.team_id = ${row}.team_id AND own.indicator_id = ${row}.indicator_id
      AND own.active AND own.tlp > ${ceilingOf(selection)} OFFSET 0)
    OR EXISTS (SELECT FROM network_address part
      JOIN team_indicator around ON around.team_id = ${row}.team_id AND around.indicator_id = part.network_id
      JOIN indicator network ON network.id = part.network_id
      WHERE part.indicator_id = ${row}.indicator_id AND around.active AND around.tlp > ${ceilingOf(selection)}
        AND ${content}->'feeds' @> jsonb_build_array(jsonb_build_object('network', network.value))))`;
