import { answerTemplate, type Context } from "../answer-template";

/** The team's workbook, to deploy beside Sentinel. */
export const GET = (request: Request, context: Context): Promise<Response> =>
  answerTemplate(request, context, "workbook");
