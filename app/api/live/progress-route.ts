import { z } from "zod";

import type { ProgressMessage } from "@/components/live/progress-message";
import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireAnywhere, requireInTeam, unknown } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";

import { streamProgress } from "./stream-progress";

type Options<Row> = {
  /** What the row is called in words. */
  subject: string;
  /** Asked in the row's team, each time the row is read. */
  permission: TeamPermission;
  find: (actor: Actor, id: string) => Promise<Row>;
  toMessage: (row: Row, now: Date) => ProgressMessage;
};

/** The handler that tells how far one row has come, to whoever may read it. */
export const progressRoute =
  <Row extends { teamId: string }>({ subject, permission, find, toMessage }: Options<Row>) =>
  async (request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> => {
    try {
      const actor = requireAnywhere(await authenticateRequest(request), permission);
      const id = z.uuid().safeParse((await params).id);
      if (!id.success) throw unknown(subject);
      return await streamProgress(request, async () => {
        const row = await find(actor, id.data);
        requireInTeam(actor, permission, row.teamId, subject);
        return toMessage(row, new Date());
      });
    } catch (error) {
      return respondWithProblem(error);
    }
  };
