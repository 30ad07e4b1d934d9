import { z } from "zod";

import { toPushProgress } from "@/components/connectors/push-progress";
import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireAnywhere, requireInTeam, unknown } from "@/lib/auth/require";
import { getPush } from "@/lib/services/delivery/get-push";

import { streamProgress } from "../../stream-progress";

type Context = { params: Promise<{ id: string }> };

/** How far a push has come, for whoever may read the pushes of its team. */
export const GET = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const actor = requireAnywhere(await authenticateRequest(request), "push.read");
    const id = z.uuid().safeParse((await params).id);
    if (!id.success) throw unknown("push");
    return await streamProgress(request, async () => {
      const push = await getPush(actor, id.data);
      requireInTeam(actor, "push.read", push.teamId, "push");
      return toPushProgress(push);
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
