import { expect, test } from "vitest";

import type { CaAction } from "../../../../src/cli/ca/ca-actions.ts";
import { azureLines, azureNote } from "../../../../src/cli/ca/ca-azure.ts";

const KNOWN = { dpsName: "my-dps", resourceGroup: "my group" };
const UNKNOWN = { dpsName: undefined, resourceGroup: undefined };
const of = (action: CaAction, verified = false, dps = KNOWN) =>
  azureLines(action, { name: "factory", certificate: "my ca.pem", verified }, dps);

test("each action is the Azure CLI's own, which needs the certificate's etag to change one", () => {
  const dps = "--dps-name my-dps --resource-group 'my group'";
  const one = `${dps} --certificate-name factory`;
  const etag = `etag=$(az iot dps certificate show ${one} --query etag --output tsv)`;
  expect(of("list")).toEqual([`az iot dps certificate list ${dps} --output table`]);
  expect(of("add")).toEqual([`az iot dps certificate create ${one} --path 'my ca.pem'`]);
  expect(of("add", true)).toEqual([
    `az iot dps certificate create ${one} --path 'my ca.pem' --verified true`,
  ]);
  expect(of("code")).toEqual([
    etag,
    `az iot dps certificate generate-verification-code ${one} --etag "$etag" --query properties.verificationCode --output tsv`,
  ]);
  expect(of("verify")).toEqual([
    etag,
    `az iot dps certificate verify ${one} --path 'my ca.pem' --etag "$etag"`,
  ]);
  expect(of("delete")).toEqual([etag, `az iot dps certificate delete ${one} --etag "$etag"`]);
});

test("what is not known is a variable, which the note asks for", () => {
  const action = { name: "factory", certificate: undefined, verified: false };
  expect(azureLines("list", action, UNKNOWN)).toEqual([
    'az iot dps certificate list --dps-name "$DPS_NAME" --resource-group "$RESOURCE_GROUP" --output table',
  ]);
  expect(azureNote(UNKNOWN)).toMatch(/First set DPS_NAME .* and RESOURCE_GROUP /);
  expect(azureNote(KNOWN)).not.toContain("First");
});
