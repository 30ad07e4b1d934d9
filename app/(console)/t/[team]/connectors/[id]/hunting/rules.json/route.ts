import { answerTemplate, type Context } from "../answer-template";

/** The team's rules, to deploy into Sentinel. */
export const GET = (request: Request, context: Context): Promise<Response> =>
  answerTemplate(request, context, "analyticsRules");
