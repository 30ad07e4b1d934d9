import { readReportRoute } from "../../_routes/indicator-files";

export const POST = readReportRoute.handle;
