import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireTeam } from "@/lib/auth/require";
import { exportFeeds } from "@/lib/services/feeds/export-feeds";

type Context = { params: Promise<{ team: string }> };

/** The team's feeds as a file that MISP and Sluice import. It holds no secret. */
export const GET = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const { team: slug } = await params;
    const actor = await authenticateRequest(request);
    const team = requireTeam(actor, slug, "feed.read");
    const { definitions } = await exportFeeds(actor, team.id);
    return new Response(`${JSON.stringify(definitions, null, 2)}\n`, {
      headers: {
        "content-type": "application/json",
        "content-disposition": `attachment; filename="${slug}-feeds.json"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
