import { describe, expect, it } from "vitest";
import { z } from "zod";

import { readForm } from "@/lib/actions/read-form";
import { credentialInputSchema } from "@/lib/domain/connector/credential-input";

import { credentialForm, readEntered } from "./credential-form";

const PEM = `-----BEGIN CERTIFICATE-----
MIIB
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIIE
-----END PRIVATE KEY-----
`;
// As DER begins, with bytes that are no text.
const PFX = Uint8Array.from([0x30, 0x82, 0x0a, 0x1f, 0x02, 0x01, 0x03, 0xff, 0xfe, 0x00, 0x80]);

/** What comes of a form with these fields, as an action gets it. */
const enter = (fields: Readonly<Record<string, string | File>>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return readEntered(z.object(credentialForm).parse(readForm(form)));
};
const fileOf = (content: string | Uint8Array<ArrayBuffer>, name: string) => new File([content], name);

describe("a certificate's file in a form", () => {
  it("is PEM text by what stands in it, whatever its name", async () => {
    for (const name of ["app.pem", "app.pfx", "certificate"]) {
      const entered = await enter({ certificateFile: fileOf(PEM, name), certificatePassword: "" });
      expect(entered).toEqual({ certificate: PEM });
      expect(credentialInputSchema.parse(entered)).toEqual({ certificate: PEM });
    }
  });

  it("is PKCS#12 in base64 else, byte by byte, with its password", async () => {
    const entered = await enter({
      certificateFile: fileOf(PFX, "app.pfx"),
      certificatePassword: "correct horse",
    });

    expect(Buffer.from(entered.certificatePfx ?? "", "base64")).toEqual(Buffer.from(PFX));
    expect(entered.certificatePassword).toBe("correct horse");
    expect(credentialInputSchema.safeParse(entered).success).toBe(true);
  });

  it("that was not chosen is asked for where it stands, as is text that was not pasted", async () => {
    // As browsers send a field for a file without a choice.
    await expect(async () => enter({ certificateFile: fileOf("", "") })).rejects.toThrow(
      "Choose the certificate’s file.",
    );
    await expect(async () => enter({ certificate: " " })).rejects.toThrow(
      "Paste the certificate and its key.",
    );
    expect(await enter({ clientSecret: "a secret" })).toEqual({ clientSecret: "a secret" });
    expect(await enter({ certificate: PEM })).toEqual({ certificate: PEM });
  });

  it("beside a secret is one way to sign in too many", async () => {
    const entered = await enter({ certificateFile: fileOf(PFX, "app.pfx"), clientSecret: "a secret" });
    expect(credentialInputSchema.safeParse(entered).error?.issues).toMatchObject([
      { path: ["certificatePfx"] },
    ]);
  });

  it("is refused where it is too large to be one", async () => {
    const large = fileOf(new Uint8Array(129 * 1024), "disk.img");
    await expect(async () => enter({ certificateFile: large })).rejects.toThrow(
      "too large to hold one certificate",
    );
  });
});
