import { describe, expect, it } from "vitest";

import { azScript } from "./az-script";
import { powershellScript } from "./powershell-script";
import { grantsOf, type Setup } from "./setup";

const SETUP: Setup = {
  kind: "defender",
  cloud: "public",
  applicationName: "Sluice - Blue",
  tenantId: "7e000001-0a1b-4c2d-8e3f-000000000001",
  subscriptionId: "5b000001-0d0d-4e0e-8f0f-000000000001",
  resourceGroup: "rg-security",
  workspaceName: "contoso-soc",
  proof: "secret",
  readsOwnEnd: false,
  readsPrevalence: false,
};
const both = (change: Partial<Setup>) => {
  const setup = { ...SETUP, ...change };
  return [azScript(setup), powershellScript(setup)] as const;
};

describe("the scripts that make an app registration", () => {
  it("ask for Ti.ReadWrite and consent for Defender, and for nothing of Azure", () => {
    for (const script of both({})) {
      expect(script).toContain("Ti.ReadWrite");
      expect(script).not.toContain("Ti.ReadWrite.All");
      expect(script).toContain("WindowsDefenderATP");
      expect(script).not.toMatch(/Sentinel Contributor|Application\.Read\.All/);
    }
    expect(both({})[0]).toContain("admin-consent");
    expect(both({})[1]).toContain("New-MgServicePrincipalAppRoleAssignment");
  });

  it.each(["secret", "managed-identity"] as const)(
    "grant what asks for prevalence beside it where that is wanted, and only there: %s",
    (proof) => {
      for (const permission of ["Ti.ReadWrite", "URL.Read.All", "Ip.Read.All", "File.Read.All"]) {
        for (const script of both({ proof, readsPrevalence: true }))
          expect(script).toContain(`'${permission}'`);
      }
      for (const script of both({ proof })) expect(script).not.toMatch(/(?:URL|Ip|File)\.Read\.All/);
      for (const script of both({ proof, kind: "sentinel", readsPrevalence: true }))
        expect(script).not.toMatch(/(?:URL|Ip|File)\.Read\.All/);
      expect(grantsOf({ ...SETUP, readsPrevalence: true }).map(({ what }) => what)).toEqual([
        "Ti.ReadWrite",
        "URL.Read.All, Ip.Read.All, File.Read.All",
      ]);
    },
  );

  it("assign Microsoft Sentinel Contributor on the workspace that was named, and need no consent", () => {
    for (const script of both({ kind: "sentinel" })) {
      expect(script).toContain("Microsoft Sentinel Contributor");
      expect(script).toContain("'rg-security'");
      expect(script).toContain("'contoso-soc'");
      expect(script).not.toMatch(/WindowsDefenderATP|admin-consent|RoleAssignment\.ReadWrite/);
    }
  });

  it("make a certificate of a kind that Entra ID and Sluice take, or a secret", () => {
    expect(both({ proof: "certificate" })[0]).toContain("--create-cert");
    expect(both({ proof: "certificate" })[1]).toContain("Export-PfxCertificate");
    expect(both({})[0]).toContain("--query password");
    expect(both({})[1]).toContain("Add-MgApplicationPassword");
  });

  it("make a certificate on every system: with Windows' own command there, with openssl elsewhere", () => {
    const [, powershell] = both({ proof: "certificate" });
    const [elsewhere = "", windows = ""] = powershell
      .slice(powershell.indexOf("if ($IsLinux"))
      .split("} else {");
    expect(elsewhere).toContain("if ($IsLinux -or $IsMacOS) {");
    expect(elsewhere).toContain("openssl req -x509");
    expect(elsewhere).not.toContain("New-SelfSignedCertificate");
    expect(windows).toContain("New-SelfSignedCertificate");
  });

  it.each([{ kind: "defender" }, { kind: "sentinel" }, { kind: "sentinel", readsOwnEnd: true }] as const)(
    "wait until the new application is known before it is given anything: %j",
    (change) => {
      for (const script of both(change)) {
        const lines = script.split("\n");
        const pause = lines.findIndex((line) => /^(?:sleep|Start-Sleep)/.test(line));
        const given = lines.findIndex(
          (line) => /admin-consent|oleAssignment|role assignment/.test(line) && !line.startsWith("Connect"),
        );
        expect(lines.filter((line) => /^(?:sleep|Start-Sleep)/.test(line))).toHaveLength(1);
        expect(pause).toBeGreaterThan(
          lines.findIndex((line) => /sp create|New-MgServicePrincipal /.test(line)),
        );
        expect(given).toBeGreaterThan(pause);
        expect(lines[given]).toMatch(/again/i);
      }
    },
  );

  it.each(["defender", "sentinel"] as const)(
    "give a managed identity the right of %s, found by its name, and make no application",
    (kind) => {
      const [az, powershell] = both({ kind, proof: "managed-identity", applicationName: "vm-sluice" });
      for (const script of [az, powershell]) {
        expect(script).toContain("ManagedIdentity");
        expect(script).not.toMatch(/ad app|New-MgApplication|credential reset|sleep|again /i);
        expect(script).toContain(kind === "defender" ? "Ti.ReadWrite" : "Microsoft Sentinel Contributor");
      }
      expect(az).toContain(String.raw`--filter 'displayName eq '\''vm-sluice'\'''`);
      expect(powershell).toContain("-Filter 'displayName eq ''vm-sluice'''");
      if (kind === "sentinel") return;
      expect(az).toContain("/v1.0/servicePrincipals/$SP_ID/appRoleAssignments");
      expect(powershell).toContain("New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id");
    },
  );

  it("have an application trust a cluster's service account, and make nothing to keep", () => {
    const [az, powershell] = both({ proof: "workload-identity" });
    for (const script of [az, powershell]) {
      expect(script).toContain("system:serviceaccount:NAMESPACE:SERVICE-ACCOUNT");
      expect(script).toContain("api://AzureADTokenExchange");
      expect(script).not.toMatch(/credential reset|Add-MgApplicationPassword|SelfSigned/);
    }
    expect(az).toContain("az ad app federated-credential create");
    expect(powershell).toContain("New-MgApplicationFederatedIdentityCredential");
  });

  it("let an identity's name be a name and nothing else, in the filter too", () => {
    const [az, powershell] = both({ proof: "managed-identity", applicationName: "it's; rm -rf ~" });
    expect(az).toContain(String.raw`'displayName eq '\''it'\'''\''s; rm -rf ~'\'''`);
    expect(powershell).toContain("'displayName eq ''it''''s; rm -rf ~'''");
  });

  it("go to the chosen cloud", () => {
    expect(both({ cloud: "china" })[0]).toContain("az cloud set --name AzureChinaCloud");
    expect(both({ cloud: "gcc-high" })[1]).toContain("-Environment USGov");
    expect(both({})[0]).not.toContain("az cloud set");
  });

  it("leave words to replace where nothing was named", () => {
    for (const script of both({ kind: "sentinel", tenantId: "", resourceGroup: " " })) {
      expect(script).toContain("'TENANT-ID'");
      expect(script).toContain("'RESOURCE-GROUP'");
    }
  });

  it.each(["it's; rm -rf ~", "a$(whoami)`id`", 'a"b', "a\nInvoke-Expression evil", "a\u2019; Remove-Item x"])(
    "let the name %j be a name and nothing else",
    (applicationName) => {
      const [az, powershell] = both({ applicationName });
      const line = applicationName.replaceAll("\n", " ");
      expect(az.split("\n").find((one) => one.startsWith("APP_ID="))).toContain(
        `--display-name '${line.replaceAll("'", `'\\''`)}' --sign-in`,
      );
      expect(powershell).toContain(
        `-DisplayName '${line.replaceAll(/['\u2019]/g, (mark) => mark + mark)}' -SignIn`,
      );
      expect(powershell.split("\n").some((one) => one.startsWith("Invoke-Expression"))).toBe(false);
    },
  );

  it("name each grant with who gives it", () => {
    expect(grantsOf({ ...SETUP, readsOwnEnd: true }).map(({ what }) => what)).toEqual([
      "Ti.ReadWrite",
      "Application.Read.All",
    ]);
    expect(grantsOf({ ...SETUP, kind: "sentinel", readsPrevalence: true }).map(({ what }) => what)).toEqual([
      "Microsoft Sentinel Contributor",
    ]);
  });
});
