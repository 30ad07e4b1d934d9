import "server-only";

import { addressesOf, builtInAddresses } from "@/lib/connectors/clouds";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import {
  HOST_FIELDS,
  MICROSOFT_CLOUDS,
  SCOPE_FIELDS,
  type AddressesInput,
  type AddressField,
  type CloudAddresses,
  type CloudOverrides,
  type MicrosoftCloud,
} from "@/lib/domain/connector/cloud-addresses";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { OVERRIDES_KEY, readOverrides } from "@/lib/services/connectors/cloud-overrides";
import { requireAdministrator } from "@/lib/services/people/privilege";

export type CloudSettings = {
  cloud: MicrosoftCloud;
  /** As they hold. */
  addresses: CloudAddresses;
  /** Microsoft's own. */
  builtIn: CloudAddresses;
  /** Which of them an administrator set. */
  overridden: AddressField[];
};

/** The addresses of each of Microsoft's clouds, for an administrator to look at. */
export const listCloudSettings = async (actor: Actor): Promise<CloudSettings[]> => {
  requireAdministrator(actor, "admin.system");
  const overrides = await asSystem("administration", readOverrides);
  return MICROSOFT_CLOUDS.map((cloud) => toSettings(cloud, overrides));
};

type Change = { cloud: MicrosoftCloud; addresses: AddressesInput; confirm: string };

/**
 * Sets the addresses of one cloud; what is left out is Microsoft's own again. Every secret of that cloud goes there from the next
 * request on, so the cloud's name has to be given once more. Throws `invalid_input` otherwise.
 */
export const updateCloudAddresses = (
  actor: Actor,
  { cloud, addresses, confirm }: Change,
): Promise<CloudSettings> => {
  requireAdministrator(actor, "admin.system");
  if (confirm.trim() !== cloud) {
    const detail = `Type “${cloud}” to confirm: the secrets of every team's connectors in this cloud will go to these addresses.`;
    throw new AppError("invalid_input", detail, { fields: [{ pointer: "/confirm", detail }] });
  }
  return asSystem("administration", async (tx) => {
    // One at a time, so that neither of two administrators overwrites what the other set for another cloud.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${OVERRIDES_KEY}))`;
    const all = await readOverrides(tx);
    const own = withoutBuiltIn(cloud, addresses);
    const { [cloud]: before = {}, ...others } = all;
    const value = Object.keys(own).length === 0 ? others : { ...others, [cloud]: own };
    await tx.setting.upsert({
      where: { key: OVERRIDES_KEY },
      create: { key: OVERRIDES_KEY, value },
      update: { value },
      select: { key: true },
    });
    const subject = { type: "system", id: OVERRIDES_KEY };
    const detail = { cloud, before: withoutUndefined(before), after: own };
    await recordAudit(tx, { teamId: null, doer: asDoer(actor), action: "clouds.update", subject, detail });
    return toSettings(cloud, value);
  });
};

const withoutBuiltIn = (cloud: MicrosoftCloud, addresses: AddressesInput): Record<string, string> => {
  const known: Readonly<Record<string, string | null>> = builtInAddresses(cloud);
  const given = Object.entries(withoutUndefined(addresses));
  return Object.fromEntries(given.filter(([field, address]) => address !== known[field]));
};

const withoutUndefined = (addresses: AddressesInput): Record<string, string> =>
  Object.fromEntries(
    Object.entries(addresses).flatMap(([field, address]) =>
      address === undefined ? [] : [[field, address]],
    ),
  );

const toSettings = (cloud: MicrosoftCloud, overrides: CloudOverrides): CloudSettings => ({
  cloud,
  addresses: addressesOf({ cloud, sandboxOrigin: null, overrides }),
  builtIn: builtInAddresses(cloud),
  overridden: ALL_FIELDS.filter((field) => overrides[cloud]?.[field] !== undefined),
});

const ALL_FIELDS: readonly AddressField[] = [...HOST_FIELDS, ...SCOPE_FIELDS];
