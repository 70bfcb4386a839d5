import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AttributeTypeAndValue,
  AttributeValue,
  Name,
  RelativeDistinguishedName,
} from "@peculiar/asn1-x509";
import { FleetError } from "../base/errors.ts";

/** The organization in every CA that this program makes: the mark by which it knows its own later. */
export const ORGANIZATION = "dps-fleet";

/** Upper bound of a common name, in characters: RFC 5280 appendix A.1, `ub-common-name`. */
export const COMMON_NAME_MAX = 64;

const ORGANIZATION_OID = "2.5.4.10";
const ORGANIZATIONAL_UNIT_OID = "2.5.4.11";
const COMMON_NAME_OID = "2.5.4.3";

const attribute = (type: string, utf8String: string): RelativeDistinguishedName =>
  new RelativeDistinguishedName([
    new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) }),
  ]);

/**
 * A distinguished name in DER: organization and organizational unit where given, then the common name.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if the common name is empty or longer than 64 characters
 */
export function distinguishedName(
  commonName: string,
  organization?: string,
  organizationalUnit?: string,
): Buffer {
  const length = Array.from(commonName).length;
  if (length < 1 || length > COMMON_NAME_MAX) {
    throw new FleetError(
      "CERTIFICATE_INVALID",
      `common name "${commonName}": expected 1 to ${COMMON_NAME_MAX} characters, got ${length}`,
      { hint: "a certificate carries the registration id as its common name: use a shorter id" },
    );
  }
  const name = new Name([
    ...(organization === undefined ? [] : [attribute(ORGANIZATION_OID, organization)]),
    ...(organizationalUnit === undefined
      ? []
      : [attribute(ORGANIZATIONAL_UNIT_OID, organizationalUnit)]),
    attribute(COMMON_NAME_OID, commonName),
  ]);
  return Buffer.from(AsnConvert.serialize(name));
}

/** A name as Node gives it (`O=dps-fleet\nCN=root`); of one without attributes it gives undefined, unlike its types. */
export type NameText = string | undefined;

/** The values of one attribute. */
export function valuesOf(nameText: NameText, attributeName: string): string[] {
  return (nameText ?? "")
    .split("\n")
    .filter((line) => line.startsWith(`${attributeName}=`))
    .map((line) => line.slice(attributeName.length + 1));
}

/** The common name in `X509Certificate.subject` or `.issuer`; undefined = none, or more than one. */
export function commonNameIn(nameText: NameText): string | undefined {
  const [name, ...more] = valuesOf(nameText, "CN");
  return more.length > 0 ? undefined : name;
}

/** Whether a name carries our mark. */
export function hasOurMark(nameText: NameText): boolean {
  return valuesOf(nameText, "O").includes(ORGANIZATION);
}

/** A name on one line, for messages. */
export function oneLine(nameText: NameText): string {
  return nameText === undefined || nameText === ""
    ? "(empty name)"
    : nameText.split("\n").join(", ");
}
