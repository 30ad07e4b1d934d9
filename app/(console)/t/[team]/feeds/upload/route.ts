import { respondWithProblem } from "@/lib/api/define-route";
import { readFile } from "@/lib/api/read-request";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireTeam } from "@/lib/auth/require";
import { MAX_UPLOAD_BYTES, uploadNameSchema } from "@/lib/domain/feed/upload";
import { uploadFile } from "@/lib/services/feeds/upload-file";

type Context = { params: Promise<{ team: string }> };

/**
 * Takes the file that a person chose in the form of a feed. A server action would hold it whole in memory; this is sent
 * by the form's own request, whose origin `authenticateRequest` checks.
 */
export const POST = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const actor = await authenticateRequest(request);
    const team = requireTeam(actor, (await params).team, "feed.write");
    const name = uploadNameSchema.safeParse(new URL(request.url).searchParams.get("name") ?? "").data ?? "";
    const uploaded = await uploadFile(team.id, {
      bytes: readFile(request, MAX_UPLOAD_BYTES),
      name,
      contentType: request.headers.get("content-type"),
    });
    return Response.json(uploaded, {
      status: 201,
      headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" },
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};
