/** Whether a connector, by its alias `c`, can read its destination back: a workspace only by its Azure names. */
export const IS_READABLE =
  "(c.kind = 'defender' OR num_nonnulls(c.subscription_id, c.resource_group, c.workspace_name) = 3)";
