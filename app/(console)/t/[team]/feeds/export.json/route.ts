import { z } from "zod";

import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireTeam } from "@/lib/auth/require";
import { DEFINITION_READERS, exportFeeds } from "@/lib/services/feeds/export-feeds";

type Context = { params: Promise<{ team: string }> };

const paramsSchema = z.object({ for: z.enum(DEFINITION_READERS).catch("misp") });

/** The team's feeds as a file that MISP and Sluice import, or with `for=sluice` Sluice alone. It holds no secret. */
export const GET = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const { team: slug } = await params;
    const actor = await authenticateRequest(request);
    const team = requireTeam(actor, slug, "feed.read");
    const { for: reader } = paramsSchema.parse(Object.fromEntries(new URL(request.url).searchParams));
    const { definitions } = await exportFeeds(actor, team.id, reader);
    return new Response(`${JSON.stringify(definitions, null, 2)}\n`, {
      headers: {
        "content-type": "application/json",
        "content-disposition": `attachment; filename="${slug}-${reader === "misp" ? "feeds" : "all-feeds"}.json"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
