import "server-only";

import { randomUUID } from "node:crypto";

import { z } from "zod";

import { asSystem } from "@/lib/db/scope";

const KEY = "installation.identity";

/** The STIX identity under which this installation signs every record; made once. */
export const installationIdentity = async (): Promise<string> =>
  asSystem("delivery", async (tx) => {
    await tx.setting.createMany({ data: [{ key: KEY, value: randomUUID() }], skipDuplicates: true });
    const { value } = await tx.setting.findUniqueOrThrow({ where: { key: KEY }, select: { value: true } });
    return `identity--${z.uuid().parse(value)}`;
  });
