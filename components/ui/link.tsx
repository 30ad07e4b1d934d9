import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A link inside the console. Nothing is fetched ahead: every page is drawn for who asks and for now, so Next can keep nothing
 * of it, and would send one to two requests for each link in sight, 39 for one look at a list of indicators.
 */
export const Link = (props: ComponentProps<typeof NextLink>) => <NextLink {...props} prefetch={false} />;
