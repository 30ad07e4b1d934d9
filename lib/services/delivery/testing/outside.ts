import { clientIdOf, CONTOSO, type ApplicationName } from "./desk";
import { lookAt } from "./remote";

type SignIn = { clientId: string; clientSecret: string };

/** Somebody at Contoso's portal, with the rights of an application: one of Contoso's, or another that was made there. */
export const openPortal = (origin: () => string, app: ApplicationName | SignIn = "TPI_TeamA") => {
  const { clientId, clientSecret } =
    typeof app === "string" ? { clientId: clientIdOf(app), clientSecret: `sandbox~secret~of~${app}` } : app;
  const remote = lookAt(origin);
  const tokenOf = async (): Promise<string> => {
    const answer = await fetch(`${origin()}/entra/${CONTOSO}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope: "https://api.securitycenter.microsoft.com/.default",
      }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return token;
  };
  const find = async (value: string) =>
    (await remote.defender()).find(({ indicatorValue }) => indicatorValue === value);
  return {
    remove: async (value: string): Promise<void> => {
      const response = await fetch(`${origin()}/defender/api/indicators/${(await find(value))?.id ?? ""}`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${await tokenOf()}` },
      });
      if (response.status !== 204) throw new Error(`It was not removed: ${String(response.status)}.`);
    },
    change: async (value: string, change: object): Promise<void> => {
      const { id: _id, createdBy: _createdBy, ...rest } = (await find(value)) ?? { id: "", createdBy: "" };
      const response = await fetch(`${origin()}/defender/api/indicators`, {
        method: "POST",
        headers: { authorization: `Bearer ${await tokenOf()}`, "content-type": "application/json" },
        body: JSON.stringify({ ...rest, indicatorType: "DomainName", generateAlert: true, ...change }),
      });
      if (response.status !== 200) throw new Error(`It was not changed: ${String(response.status)}.`);
    },
  };
};
