import { X509Certificate } from "node:crypto";

import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import type { Management } from "./management.ts";
import { ManagementRefusal } from "./management.ts";

/** A CA certificate of a DPS instance. */
export interface CaCertificate {
  readonly name: string;
  readonly isVerified: boolean;
  readonly subject: string;
  /** SHA-1, 40 upper-case hex digits. */
  readonly thumbprint: string;
  /** ISO 8601, UTC. */
  readonly expiry: string;
  readonly created: string;
  readonly updated: string;
}

/** CA certificates of a DPS instance and the proof of possession of their keys. Each call may be `REFUSED` or `UNREACHABLE`. */
export interface CaCertificates {
  /** Name of the DPS instance. */
  readonly dpsName: string;
  list(): Promise<readonly CaCertificate[]>;
  /** The certificate itself, and whether its key was proven; undefined = there is none of that name. */
  read(
    name: string,
  ): Promise<{ readonly certificate: X509Certificate; readonly isVerified: boolean } | undefined>;
  /**
   * Uploads a certificate. One that is there already is kept, and becomes verified if that is asked.
   *
   * @throws {FleetError} `REFUSED` where the name is another certificate's
   */
  add(
    name: string,
    certificate: X509Certificate,
    options: { readonly verified: boolean },
  ): Promise<{ readonly ca: CaCertificate; readonly done: "added" | "kept" }>;
  /** Makes a new verification code; one that was made before is void. */
  newCode(name: string): Promise<string>;
  /** Hands in the certificate that the CA's key signed for the code. */
  verify(name: string, proof: X509Certificate): Promise<CaCertificate>;
  delete(name: string): Promise<void>;
}

const isoDate = z.string().transform((text) => new Date(text).toISOString());
/** Source: @azure/arm-deviceprovisioningservices 5.1, CertificateResponse. */
const answer = z.object({
  name: z.string(),
  etag: z.string(),
  properties: z.object({
    subject: z.string(),
    expiry: isoDate,
    thumbprint: z.string(),
    isVerified: z.boolean(),
    created: isoDate,
    updated: isoDate,
    certificate: z.base64(),
  }),
});
const list = z.object({ value: z.array(answer) });
const codeAnswer = z.object({ properties: z.object({ verificationCode: z.string() }) });

function shown({ name, properties }: z.output<typeof answer>): CaCertificate {
  const { certificate: _, ...rest } = properties;
  return { name, ...rest };
}

const at = (name: string, more = ""): string => `/certificates/${encodeURIComponent(name)}${more}`;

/** The CA certificates behind a management API; its caller closes that. */
export function caCertificates(management: Management): CaCertificates {
  const { dpsName } = management;
  const whole = (name: string): string => `CA certificate "${name}" of ${dpsName}`;
  const find = async (name: string): Promise<z.output<typeof answer> | undefined> => {
    try {
      return answer.parse(await management.call(`reading ${whole(name)}`, "GET", at(name)));
    } catch (error) {
      if (error instanceof ManagementRefusal && error.status === 404) return undefined;
      throw error;
    }
  };
  const etagOf = async (name: string): Promise<string> => {
    const found = await find(name);
    if (found !== undefined) return found.etag;
    throw new FleetError("REFUSED", `there is no ${whole(name)}`, {
      hint: "`ca list` shows which there are, `ca add` uploads one",
    });
  };
  return {
    dpsName,
    list: async () =>
      list
        .parse(
          await management.call(
            `listing the CA certificates of ${dpsName}`,
            "GET",
            "/certificates",
          ),
        )
        .value.map(shown),
    read: async (name) => {
      const found = await find(name);
      if (found === undefined) return undefined;
      const { certificate, isVerified } = found.properties;
      return { certificate: new X509Certificate(Buffer.from(certificate, "base64")), isVerified };
    },
    add: async (name, certificate, { verified }) => {
      const there = await find(name);
      const isSame = there?.properties.certificate === certificate.raw.toString("base64");
      if (there !== undefined && !isSame) throw taken(whole(name), there.properties.certificate);
      if (there !== undefined && (there.properties.isVerified || !verified))
        return { ca: shown(there), done: "kept" };
      const properties = {
        certificate: certificate.raw.toString("base64"),
        ...(verified ? { isVerified: true } : {}),
      };
      const put = { body: { properties }, ifMatch: there?.etag };
      const ca = answer.parse(
        await management.call(`uploading ${whole(name)}`, "PUT", at(name), put),
      );
      return { ca: shown(ca), done: there === undefined ? "added" : "kept" };
    },
    newCode: async (name) => {
      const ifMatch = await etagOf(name);
      const what = `asking for a verification code for ${whole(name)}`;
      const made = await management.call(what, "POST", at(name, "/generateVerificationCode"), {
        ifMatch,
      });
      return codeAnswer.parse(made).properties.verificationCode;
    },
    verify: async (name, proof) => {
      const ifMatch = await etagOf(name);
      const body = { certificate: proof.raw.toString("base64") };
      try {
        const put = { body, ifMatch };
        return shown(
          answer.parse(
            await management.call(`verifying ${whole(name)}`, "POST", at(name, "/verify"), put),
          ),
        );
      } catch (error) {
        if (!(error instanceof ManagementRefusal) || error.status !== 400) throw error;
        throw new FleetError("REFUSED", error.message, {
          cause: error,
          hint: `sign a certificate with the CA's own key whose common name is what \`ca code ${name}\` prints`,
        });
      }
    },
    delete: async (name) => {
      const ifMatch = await etagOf(name);
      await management.call(`deleting ${whole(name)}`, "DELETE", at(name), { ifMatch });
    },
  };
}

function taken(what: string, base64: string): FleetError {
  const { fingerprint } = new X509Certificate(Buffer.from(base64, "base64"));
  const sha1 = fingerprint.replaceAll(":", "");
  return new FleetError("REFUSED", `${what} is another one, with SHA-1 ${sha1}`, {
    hint: "choose another name, or delete that one first: ca delete",
  });
}
