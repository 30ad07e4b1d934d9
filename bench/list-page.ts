import { makeSessionCookie } from "@/lib/auth/session-cookie";
import type { Actor } from "@/lib/domain/access/actor";
import { env } from "@/lib/env/server";
import { makeSession } from "@/lib/testing/people";

import { timed } from "./lib";

/**
 * Milliseconds for the console's list of indicators, whole, as a browser that is signed in gets it from the product's own server:
 * from the question to the last byte of the page. The first one, which loads the page's code, is not given.
 */
export const openListPage = async (actor: Actor): Promise<(query?: string) => Promise<number>> => {
  const { name, value } = await makeSessionCookie(await makeSession({ id: actor.userId }));
  const address = `${env().APP_URL}/t/${actor.teams[0]?.slug ?? ""}/indicators`;
  const ask = async (query = ""): Promise<number> =>
    (
      await timed(async () => {
        const response = await fetch(`${address}${query}`, {
          headers: { cookie: `${name}=${value}` },
          redirect: "error",
        });
        if (!response.ok || !(await response.text()).includes("</html>"))
          throw new Error(`The list page answered ${String(response.status)}.`);
      })
    ).ms;
  await ask();
  return ask;
};
