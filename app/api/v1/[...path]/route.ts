import { ProblemError } from "@/lib/api/problem";
import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";

/** Whatever no other file serves: a problem document too, and not even that much for who is not signed in. */
const handle = async (request: Request): Promise<Response> => {
  try {
    await authenticateRequest(request);
    const { pathname } = new URL(request.url);
    throw new ProblemError(
      "not-found",
      `There is no ${pathname}. The API is described in /api/v1/openapi.json.`,
    );
  } catch (error) {
    return respondWithProblem(error);
  }
};

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
