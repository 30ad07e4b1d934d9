import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireTeam } from "@/lib/auth/require";
import { AppError } from "@/lib/domain/errors";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { getHunting } from "@/lib/services/connectors/hunting";

import { readId } from "../../../../../or-not-found";

export type Context = { params: Promise<{ team: string; id: string }> };

/** One of a connector's ARM templates as a file. */
export const answerTemplate = async (
  request: Request,
  { params }: Context,
  which: "workbook" | "analyticsRules",
): Promise<Response> => {
  try {
    const { team: slug, id } = await params;
    const actor = await authenticateRequest(request);
    const team = requireTeam(actor, slug, "connector.read");
    const connector = await getConnector(actor, readId(id));
    const template = connector.teamId === team.id ? (await getHunting(connector))[which] : null;
    if (template === null) throw new AppError("not_found", "There is no such template.");
    return new Response(`${JSON.stringify(template, null, 2)}\n`, {
      headers: {
        "content-type": "application/json",
        "content-disposition": `attachment; filename="${slug}-${which === "workbook" ? "workbook" : "rules"}.json"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
