import { resetPasswordRoute } from "../../../_routes/users";

export const POST = resetPasswordRoute.handle;
