import { createHash } from "node:crypto";

import { pathParam, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { findApplication, type Application } from "../state/directory";
import { type World } from "../world";

import { checkAccess } from "./access-token";

/** Application permissions of Microsoft Graph with which a registration may be read. */
const READING = ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"];

/** `GET /graph/v1.0/applications(appId='…')`: an app registration with its secrets (never their values) and certificates. */
export const getRegistration = async (call: Call, world: World): Promise<Reply> => {
  const named = /^applications\(appId='([0-9a-f-]{36})'\)$/i.exec(pathParam(call, "what"))?.[1];
  if (named === undefined)
    return graphError(
      call,
      400,
      "BadRequest",
      `Resource not found for the segment '${pathParam(call, "what")}'.`,
    );
  const access = await checkAccess(call, world, "graph");
  if (access.status === "denied") return graphError(call, 401, "InvalidAuthenticationToken", access.detail);
  const application = findApplication(access.tenant, named);
  const isOwn = application?.clientId === access.application.clientId;
  const mayRead =
    access.roles.some((role) => READING.includes(role)) ||
    (isOwn && access.roles.includes("Application.ReadWrite.OwnedBy"));
  if (!mayRead)
    return graphError(
      call,
      403,
      "Authorization_RequestDenied",
      "Insufficient privileges to complete the operation.",
    );
  if (application === null)
    return graphError(
      call,
      404,
      "Request_ResourceNotFound",
      `Resource '${named}' does not exist or one of its queried reference-property objects are not present.`,
    );
  return json(200, {
    "@odata.context": `${call.origin}/graph/v1.0/$metadata#applications(passwordCredentials,keyCredentials)/$entity`,
    passwordCredentials: application.secrets.map(presentSecret),
    keyCredentials: application.certificates.map(presentCertificate),
  });
};

const presentSecret = ({ value, expiresAt }: Application["secrets"][number]) => ({
  customKeyIdentifier: null,
  displayName: "Sandbox",
  endDateTime: expiresAt ?? NEVER,
  hint: value.slice(0, 3),
  keyId: guidOf(value),
  secretText: null,
  startDateTime: START,
});

const presentCertificate = ({ thumbprintSha256, thumbprintSha1 }: Application["certificates"][number]) => ({
  customKeyIdentifier: Buffer.from(thumbprintSha1, "hex").toString("base64"),
  displayName: "CN=Sandbox",
  endDateTime: NEVER,
  key: null,
  keyId: guidOf(thumbprintSha256),
  startDateTime: START,
  type: "AsymmetricX509Cert",
  usage: "Verify",
});

/** The same id each time for the same thing, and nothing that tells what it is. */
const guidOf = (text: string): string =>
  createHash("sha256")
    .update(`key id of ${text}`)
    .digest("hex")
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");

const graphError = (call: Call, status: number, code: string, message: string): Reply =>
  json(status, { error: { code, message, innerError: { "request-id": call.id } } });

const START = "2025-01-01T00:00:00Z";
// Entra ID has no secret without an end; this is what its portal writes for the longest.
const NEVER = "2299-12-31T00:00:00Z";
