import { z } from "zod";

import { toRunProgress } from "@/components/feeds/run-progress";
import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireAnywhere, requireInTeam, unknown } from "@/lib/auth/require";
import { getRun } from "@/lib/services/feeds/list-runs";

import { streamProgress } from "../../stream-progress";

type Context = { params: Promise<{ id: string }> };

/** How far a run has come, for whoever may read the feeds of its team. */
export const GET = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const actor = requireAnywhere(await authenticateRequest(request), "feed.read");
    const id = z.uuid().safeParse((await params).id);
    if (!id.success) throw unknown("run");
    return await streamProgress(request, async () => {
      const run = await getRun(actor, id.data);
      requireInTeam(actor, "feed.read", run.teamId, "run");
      return toRunProgress(run, new Date());
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
