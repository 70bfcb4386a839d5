import { hostNameOf } from "../../base/connection-string.ts";
import type { CaAction } from "./ca-actions.ts";
import type { CaFlags } from "./ca-flags.ts";
import type { GivenConnectionString } from "../connection-string.ts";
import { givenConnectionString } from "../connection-string.ts";
import type { Host } from "../host.ts";
import { shellWord } from "../shell-word.ts";

/** A DPS instance in Azure; what is not known is a variable of the shell. */
export interface AzureDps {
  readonly dpsName: string | undefined;
  readonly resourceGroup: string | undefined;
}

/** The connection string that names the DPS instance; undefined where there is none. @throws {FleetError} `FILE_INVALID` */
export const dpsConnectionString = (
  { dpsConnectionStringFile: file }: Pick<CaFlags, "dpsConnectionStringFile">,
  host: Pick<Host, "env" | "cwd">,
): Promise<GivenConnectionString | undefined> =>
  givenConnectionString(
    { file, flag: "--dps-connection-string-file", variable: "DPS_CONNECTION_STRING" },
    host,
  );

/** The name of the DPS instance that a connection string is for. @throws {FleetError} `USAGE` when it is not one */
export const dpsNameOf = ({ text, source }: GivenConnectionString) =>
  hostNameOf(text, source, "dps").split(".")[0];

/**
 * The lines that do in Azure what `action` does on an emulator, for a POSIX shell where `az` is logged in. They hold no
 * secret: the DPS instance is managed with the rights of that login.
 *
 * Source: Microsoft Learn, Azure CLI reference, "az iot dps certificate".
 */
export function azureLines(
  action: CaAction,
  { name, certificate, verified }: Pick<CaFlags, "name" | "certificate" | "verified">,
  { dpsName, resourceGroup }: AzureDps,
): readonly string[] {
  const dps = dpsName === undefined ? '"$DPS_NAME"' : shellWord(dpsName);
  const group = resourceGroup === undefined ? '"$RESOURCE_GROUP"' : shellWord(resourceGroup);
  const az = (verb: string, ...more: readonly string[]): string =>
    ["az iot dps certificate", verb, "--dps-name", dps, "--resource-group", group, ...more].join(
      " ",
    );
  const one = ["--certificate-name", shellWord(name)];
  const path = ["--path", shellWord(certificate ?? "")];
  const readEtag = `etag=$(${az("show", ...one, "--query etag --output tsv")})`;
  const etag = '--etag "$etag"';
  switch (action) {
    case "list":
      return [az("list", "--output table")];
    case "add":
      return [az("create", ...one, ...path, ...(verified ? ["--verified true"] : []))];
    case "code":
      return [
        readEtag,
        az(
          "generate-verification-code",
          ...one,
          etag,
          "--query properties.verificationCode --output tsv",
        ),
      ];
    case "verify":
      return [readEtag, az("verify", ...one, ...path, etag)];
    case "delete":
      return [readEtag, az("delete", ...one, etag)];
    default:
      return action satisfies never;
  }
}

/** What to know before running the lines. */
export function azureNote({ dpsName, resourceGroup }: AzureDps): string {
  const missing = [
    ...(dpsName === undefined ? ["DPS_NAME to the name of the DPS instance"] : []),
    ...(resourceGroup === undefined ? ["RESOURCE_GROUP to its resource group"] : []),
  ];
  const first = missing.length === 0 ? "" : ` First set ${missing.join(" and ")}.`;
  return `CA certificates in Azure are written with the Azure CLI; run these lines where az is logged in.${first}\n`;
}
