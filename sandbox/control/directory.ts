import { randomUUID, X509Certificate } from "node:crypto";

import { z } from "zod";

import { createSelfSigned, registrationOf } from "../entra/self-signed";
import { pathParam, type Call } from "../http/call";
import { empty, json, type Reply } from "../http/reply";
import {
  applicationSchema,
  findApplication,
  findTenant,
  workspaceSchema,
  type Application,
  type Tenant,
} from "../state/directory";
import { type World } from "../world";

import { readControl, refuse } from "./control-call";
import { presentApplication } from "./presets";

const applicationInput = z.strictObject({
  tenantId: z.uuid(),
  clientId: z.uuid().toLowerCase().optional(),
  displayName: z.string().min(1).max(256).optional(),
  /** Shorthand for one secret that never expires. */
  clientSecret: z.string().min(1).optional(),
  secrets: applicationSchema.shape.secrets.optional(),
  roles: applicationSchema.shape.roles.optional(),
  sentinelContributorOn: applicationSchema.shape.sentinelContributorOn.optional(),
  deviceGroups: applicationSchema.shape.deviceGroups.optional(),
});

/** `POST /_control/applications`: makes an application, or changes the named parts of one that exists. */
export const putApplication = (call: Call, world: World): Reply => {
  const { tenantId, clientSecret, ...named } = readControl(call, applicationInput);
  const tenant = getTenant(world, tenantId);
  const known = named.clientId === undefined ? null : findApplication(tenant, named.clientId);
  const base: Application = known ?? {
    clientId: randomUUID(),
    objectId: randomUUID(),
    displayName: "Application",
    secrets: [],
    certificates: [],
    roles: [],
    sentinelContributorOn: [],
    deviceGroups: null,
    note: "Made by a test.",
  };
  const secrets = clientSecret === undefined ? {} : { secrets: [{ value: clientSecret, expiresAt: null }] };
  const application = applicationSchema.parse({ ...base, ...named, ...secrets });
  replaceApplication(tenant, application);
  world.changed();
  return json(known === null ? 201 : 200, presentApplication(application));
};

/** `DELETE /_control/applications/{clientId}` */
export const deleteApplication = (call: Call, world: World): Reply => {
  const { tenant, application } = getApplication(world, pathParam(call, "clientId"));
  tenant.applications = tenant.applications.filter((one) => one !== application);
  world.changed();
  return empty(204);
};

const certificateInput = z.strictObject({ certificatePem: z.string().optional() });

/** `POST /_control/applications/{clientId}/certificates`: registers the given certificate, or makes one and gives it with its key. */
export const addCertificate = async (call: Call, world: World): Promise<Reply> => {
  const { certificatePem } = readControl(call, certificateInput);
  const { tenant, application } = getApplication(world, pathParam(call, "clientId"));
  const made =
    certificatePem === undefined ? await createSelfSigned(application.displayName, world.realNow()) : null;
  const registration = made?.registration ?? registrationOf(readCertificate(certificatePem ?? ""));
  replaceApplication(tenant, { ...application, certificates: [...application.certificates, registration] });
  world.changed();
  return json(201, {
    thumbprintSha256: registration.thumbprintSha256,
    thumbprintSha1: registration.thumbprintSha1,
    ...(made === null ? {} : { certificatePem: made.certificatePem, privateKeyPem: made.privateKeyPem }),
  });
};

const workspaceInput = z.strictObject({ tenantId: z.uuid(), ...workspaceSchema.shape });

/** `POST /_control/workspaces` */
export const addWorkspace = (call: Call, world: World): Reply => {
  const { tenantId, ...workspace } = readControl(call, workspaceInput);
  const tenant = getTenant(world, tenantId);
  tenant.workspaces = [
    ...tenant.workspaces.filter((one) => one.workspaceId !== workspace.workspaceId),
    workspace,
  ];
  world.changed();
  return json(201, workspace);
};

/** The tenant of that id or domain; throws 404. */
export const getTenant = (world: World, idOrDomain: string): Tenant => {
  const tenant = findTenant(world.state.tenants, idOrDomain);
  if (tenant === null) throw refuse(404, `There is no tenant ${idOrDomain}.`);
  return tenant;
};

const getApplication = (world: World, clientId: string): { tenant: Tenant; application: Application } => {
  for (const tenant of world.state.tenants) {
    const application = findApplication(tenant, clientId);
    if (application !== null) return { tenant, application };
  }
  throw refuse(404, `There is no application ${clientId}.`);
};

const replaceApplication = (tenant: Tenant, application: Application): void => {
  const at = tenant.applications.findIndex((one) => one.clientId === application.clientId);
  if (at === -1) tenant.applications = [...tenant.applications, application];
  else tenant.applications = tenant.applications.with(at, application);
};

const readCertificate = (pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch {
    throw refuse(400, "certificatePem is no X.509 certificate in PEM form.");
  }
};
