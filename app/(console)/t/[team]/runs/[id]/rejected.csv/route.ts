import { stringify } from "csv-stringify/sync";
import { z } from "zod";

import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireInTeam, requireTeam, unknown } from "@/lib/auth/require";
import { getRun, listRejections } from "@/lib/services/feeds/list-runs";

type Context = { params: Promise<{ team: string; id: string }> };

/** So many rejected rows are kept with a run. */
const KEPT_ROWS = 1_000;

/** The rejected rows of a run as a file, for whoever keeps the source. A spreadsheet takes no cell of it for a formula. */
export const GET = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const { team: slug, id } = await params;
    const actor = await authenticateRequest(request);
    const team = requireTeam(actor, slug, "feed.read");
    const runId = z.uuid().safeParse(id);
    if (!runId.success) throw unknown("run");
    const run = await getRun(actor, runId.data);
    if (run.teamId !== team.id) throw unknown("run");
    requireInTeam(actor, "feed.read", run.teamId, "run");

    const rows = await listRejections(run, { limit: KEPT_ROWS, after: 0 });
    const csv = stringify(rows, {
      header: true,
      columns: ["line", "raw", "code", "reason"],
      escape_formulas: true,
      bom: true,
    });
    const name = `${slug}-run-${String(run.number)}-rejected.csv`;
    return new Response(csv, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
