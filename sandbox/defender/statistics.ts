import { isIP } from "node:net";

import { pathParam, type Call } from "../http/call";
import { json, type Reply } from "../http/reply";
import { findSighting, type Sighting } from "../state/sighting";
import { type World } from "../world";

import { authorise, countCall } from "./access";
import { defenderError, refuse } from "./errors";
import { contextOf } from "./submit";

/** `GET /api/domains/{domain}/stats`: a domain that no device saw has the prevalence 0. */
export const getDomainStatistics = async (call: Call, world: World): Promise<Reply> => {
  const name = pathParam(call, "name");
  const seen = await look(call, world, { permission: "URL.Read.All", value: name });
  if (!/^[\w-]+(?:\.[\w-]+)+$/.test(name))
    throw refuse(400, "InvalidDomainName", `Domain name ${name} is invalid.`);
  return answer(call, world, "InOrgDomainStats", { host: name }, seen);
};

/** `GET /api/ips/{ip}/stats`: a valid address that no device saw has the prevalence 0. */
export const getAddressStatistics = async (call: Call, world: World): Promise<Reply> => {
  const address = pathParam(call, "address");
  const seen = await look(call, world, { permission: "Ip.Read.All", value: address });
  if (isIP(address) === 0) throw refuse(400, "InvalidIpAddress", `IP address ${address} is invalid.`);
  return answer(call, world, "InOrgIPStats", { ipAddress: address }, seen);
};

/** `GET /api/files/{hash}/stats`: 404 for a file that nobody knows. */
export const getFileStatistics = async (call: Call, world: World): Promise<Reply> => {
  const hash = pathParam(call, "hash");
  const seen = await look(call, world, { permission: "File.Read.All", value: hash });
  if (!/^(?:[\da-f]{40}|[\da-f]{64})$/i.test(hash))
    throw refuse(400, "InvalidHashValue", `Hash value ${hash} is invalid.`);
  if (seen === null) return defenderError(404, "ResourceNotFound", `File ${hash} was not found.`);
  return answer(call, world, "InOrgFileStats", { [hash.length === 40 ? "sha1" : "sha256"]: hash }, seen, {
    global: seen.globalDevices ?? seen.devices,
    fileNames: seen.fileNames,
  });
};

const MOST_HOURS = 720;

const look = async (
  call: Call,
  world: World,
  { permission, value }: { permission: string; value: string },
): Promise<Sighting | null> => {
  const access = await authorise(call, world, [permission]);
  countCall(world, access, "statistics");
  const hours = call.query.get("lookBackHours");
  if (hours !== null && !(/^\d{1,4}$/.test(hours) && Number(hours) >= 1 && Number(hours) <= MOST_HOURS))
    throw refuse(400, "InvalidInput", `lookBackHours must be between 1 and ${String(MOST_HOURS)}.`);
  return findSighting(world.state.sightings, access.tenant.tenantId, value);
};

/** Older pages of Microsoft show other names and text for the figures. */
const answer = (
  call: Call,
  world: World,
  type: string,
  subject: Record<string, string>,
  seen: Sighting | null,
  file?: { global: number; fileNames: readonly string[] },
): Reply => {
  const isText = world.state.switches.defenderStatistics === "text";
  const figure = (name: string, older: string, count: number) =>
    isText ? { [older]: String(count) } : { [name]: count };
  return json(200, {
    "@odata.context": contextOf(call, `microsoft.windowsDefenderATP.api.${type}`),
    ...subject,
    ...figure("organizationPrevalence", "orgPrevalence", seen?.devices ?? 0),
    orgFirstSeen: seen?.firstSeen ?? null,
    orgLastSeen: seen?.lastSeen ?? null,
    ...(file && {
      ...figure("globallyPrevalence", "globalPrevalence", file.global),
      globalFirstObserved: seen?.firstSeen ?? null,
      globalLastObserved: seen?.lastSeen ?? null,
      topFileNames: file.fileNames,
    }),
  });
};
