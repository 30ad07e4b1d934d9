import { listSubscriptionsRoute, subscribeRoute, unsubscribeRoute } from "../../../_routes/subscriptions";

export const GET = listSubscriptionsRoute.handle;
export const POST = subscribeRoute.handle;
export const DELETE = unsubscribeRoute.handle;
