import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { element, elements, integer, oid, sequence } from "../../../src/pki/der.ts";
import {
  certsLayout,
  decodeId,
  encodeId,
  isReservedId,
  keptName,
} from "../../../src/pki/layout.ts";
import { certificateBlocks, pemBlocks, toPem } from "../../../src/pki/pem.ts";

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

function outcomeOf(data: Uint8Array): string {
  try {
    const parts = elements(data).map(({ raw }) => raw);
    return Buffer.concat(parts).equals(data) ? "whole" : "parts missing";
  } catch (error) {
    return error instanceof Error ? error.name : "thrown";
  }
}

describe("DER", () => {
  test("reading elements undoes writing them, whatever their length", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0x02, 0x04, 0x30, 0xa3), bytes(70_000))),
        (all) => {
          const der = Buffer.concat(all.map(([tag, content]) => element(tag, content)));
          expect(elements(der).map(({ tag, content }) => [tag, Buffer.from(content)])).toEqual(
            all.map(([tag, content]) => [tag, Buffer.from(content)]),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test("any bytes are elements, or a RangeError", () => {
    fc.assert(
      fc.property(bytes(64), (data) => {
        expect(["whole", "RangeError"]).toContain(outcomeOf(data));
      }),
    );
  });

  test.each([
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [2048, "02020800"],
    [0x7fffffff, "02047fffffff"],
  ])("the integer %i is written with its sign octet", (value, hex) => {
    expect(integer(value).toString("hex")).toBe(hex);
  });

  test("an object identifier is written in base 128", () => {
    expect(oid("1.2.840.113549.1.7.1").toString("hex")).toBe("06092a864886f70d010701");
    expect(oid("2.5.29.15").toString("hex")).toBe("0603551d0f");
  });

  test("a sequence holds its parts in order", () => {
    expect(sequence(integer(1), integer(2)).toString("hex")).toBe("3006020101020102");
  });
});

describe("PEM", () => {
  test("reading blocks undoes writing them, with anything between them", () => {
    fc.assert(
      fc.property(fc.array(bytes(200)), fc.stringMatching(/^[ a-z\r\n]*$/), (ders, between) => {
        const text = ders.map((der) => toPem("CERTIFICATE", der)).join(between);
        const read = certificateBlocks(text.replaceAll("\n", "\r\n"));
        expect(read).toEqual(ders.map((der) => toPem("CERTIFICATE", der)));
      }),
    );
  });

  test("reading any text never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(pemBlocks(`-----BEGIN X-----${text}`)).toBeInstanceOf(Array);
      }),
    );
  });
});

describe("file names", () => {
  test("decoding a name undoes encoding an id, and a name has no other characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (id) => {
        expect(encodeId(id)).toMatch(/^[A-Za-z0-9._%-]*$/);
        expect(decodeId(encodeId(id))).toBe(id);
      }),
    );
  });

  test("names are those of the tutorials", () => {
    const layout = certsLayout("certs");
    expect(layout.leafCert("dev:2")).toBe("certs/dev%3A2.cert.pem");
    expect(layout.leafFullChain("a")).toBe("certs/a-full-chain.cert.pem");
    expect(layout.leafKey("../a")).toBe("certs/private/..%2Fa.key.pem");
    expect(layout.leafPfx("a")).toBe("certs/a-full-chain.cert.pfx");
    expect(layout.namedIntermediateCert("line 2")).toBe("certs/line%202.intermediate.cert.pem");
  });

  test("what is kept beside carries the first eight digits of its SHA-1", () => {
    const fingerprint = "AB:CD:EF:01:23:45";
    const { leafCert, leafKey, leafPfx } = certsLayout("c");
    expect(keptName(leafCert("a.b"), fingerprint)).toBe("c/a.b.abcdef01.cert.pem");
    expect(keptName(leafKey("a"), fingerprint)).toBe("c/private/a.abcdef01.key.pem");
    expect(keptName(leafPfx("a"), fingerprint)).toBe("c/a.abcdef01-full-chain.cert.pfx");
  });

  test("no leaf takes the name of another file of the store", () => {
    expect(
      ["verification-code", "AZURE-iot-test-only.root.ca", "x-full-chain", "y.intermediate"].map(
        isReservedId,
      ),
    ).toEqual([true, true, true, true]);
    expect(["cheesecave-device1", "intermediate", "full-chain"].map(isReservedId)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
