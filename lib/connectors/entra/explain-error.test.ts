import { describe, expect, it } from "vitest";

import { explainOddAnswer, explainSignInFailure, explainUnavailable } from "./explain-error";

const application = {
  tenantId: "T",
  clientId: "APP",
  scope: "https://api.securitycenter.microsoft.com/.default",
};
const explain = (change: Partial<Parameters<typeof explainSignInFailure>[0]>) =>
  explainSignInFailure({ errorCode: "invalid_client", errorNo: null, message: "", ...change }, application);

describe("explainSignInFailure", () => {
  it.each([
    ["7000215", "does not accept this client secret", "Value, not its Secret ID"],
    ["7000222", "has expired", "Make a new client secret"],
    ["7000216", "no credential", "client secret or a certificate"],
    ["7000218", "no credential", "client secret or a certificate"],
    ["700016", "no application APP in tenant T", "Application (client) ID"],
    ["7000229", "not set up in tenant T", "admin consent"],
    ["7000112", "is disabled", "Enterprise applications"],
    ["90002", "no tenant T in this cloud", "chosen cloud"],
    ["900023", '"T" is not a tenant ID', "a GUID"],
    [
      "500011",
      "does not know the service behind https://api.securitycenter.microsoft.com",
      "WindowsDefenderATP",
    ],
    ["1002012", "does not take the scope", "fault of Sluice"],
    ["70011", "does not take the scope", "fault of Sluice"],
    ["700027", "certificate is not registered", "Upload the certificate"],
    ["700023", "meant for another sign-in address", "chosen cloud"],
    ["53003", "Conditional Access", "administrator"],
  ])("explains AADSTS%s", (errorNo, what, fix) => {
    const problem = explain({ errorNo });

    expect(problem.what).toContain(what);
    expect(problem.what).toContain(`(AADSTS${errorNo})`);
    expect(problem.fix).toContain(fix);
    expect(problem).toMatchObject({ retry: "never", reference: `AADSTS${errorNo}` });
  });

  it.each([
    ["7000215", true],
    ["7000222", true],
    ["700027", true],
    ["99999", true],
    // The server's clock, its cloud, and what an administrator of the tenant has to do.
    ["700024", false],
    ["700023", false],
    ["70021", false],
    ["7000112", false],
    ["53003", false],
  ])("says of AADSTS%s whether another credential helps: %s", (errorNo, isCredentialRefused) => {
    expect(explain({ errorNo })).toMatchObject({ isCredentialRefused });
  });

  it.each([
    [undefined, "is not valid at this time"],
    [601_000, "clock is 10 minutes behind Microsoft's"],
    [-720_000, "clock is 12 minutes ahead of Microsoft's"],
  ])("says by how much the clock is off (%s ms), and tries again", (clockOffMs, what) => {
    const failure = { errorCode: "invalid_client", errorNo: "700024", message: "" };

    const problem = explainSignInFailure(failure, {
      ...application,
      ...(clockOffMs !== undefined && { clockOffMs }),
    });

    expect(problem).toMatchObject({ retry: "later", isCredentialRefused: false });
    expect(problem.what).toContain(what);
    expect(problem.fix).toContain("Set the clock");
  });

  it("finds the number in the text, and the trace id for Microsoft's support", () => {
    const trace = "0f0e0d0c-1111-2222-3333-444455556666";
    const message = `Error(s): n/a - Description: AADSTS7000215: Invalid client secret. Trace ID: ${trace} Correlation ID: x`;

    expect(explain({ message }).reference).toBe(`AADSTS7000215, trace ${trace}`);
  });

  it("quotes Microsoft where it has no words of its own, without the ids", () => {
    const problem = explain({
      errorNo: "99999",
      message: "AADSTS99999: Something new. Trace ID: a Correlation ID: b",
    });

    expect(problem.what).toBe("Entra ID refused to sign in application APP (AADSTS99999): Something new.");
  });

  it.each([
    ["temporarily_unavailable", "too busy", "later"],
    ["network_error", "could not be reached", "later"],
    ["endpoints_resolution_error", "could not be found", "later"],
    ["", "not asked again yet", "later"],
    ["missing_tenant_id_error", "is not a tenant ID", "never"],
    ["unusable_key", "private key", "never"],
    ["something_else", "(something_else)", "never"],
  ])("explains MSAL's %j", (errorCode, what, retry) => {
    const problem = explain({ errorCode });

    expect(problem.what).toContain(what);
    expect(problem.retry).toBe(retry);
    expect(problem.fix).not.toBe("");
  });
});

it("says how long a busy Entra ID asked to wait", () => {
  expect(explainUnavailable(429, 5000)).toMatchObject({ retry: "later", retryAfterMs: 5000 });
  expect(explainUnavailable(429, 5000).fix).toContain("in 5 seconds");
  expect(explainUnavailable(503, null).what).toContain("HTTP 503");
});

it("suspects a proxy when the answer is not Entra ID's", () => {
  expect(explainOddAnswer(200).what).toContain("proxy");
});
