import { expect, test } from "vitest";
import { parseIdentityTable } from "../../../src/plan/identity-table.ts";

const read = (text: string) =>
  parseIdentityTable(text, "devices.csv", { dir: "/fleet", tokenLifetimeS: 60 });

test("each row is a device with its files beside the table, or with a key of its own", () => {
  const text = [
    "registrationId,cert,key,pfx,passwordEnv,symmetricKeyEnv",
    "a,certs/a.pem,certs/a.key,,,",
    "b,b.pem,/keys/b.key,,B_SECRET,",
    "c,,,c.pfx,C_SECRET,",
    "d,,,,,D_KEY",
  ].join("\n");
  expect(read(text)).toEqual({
    problems: [],
    devices: [
      {
        registrationId: "a",
        place: "devices.csv:2",
        credentials: {
          format: "pem",
          files: { cert: "/fleet/certs/a.pem", key: "/fleet/certs/a.key" },
        },
      },
      {
        registrationId: "b",
        place: "devices.csv:3",
        credentials: {
          format: "pem",
          files: { cert: "/fleet/b.pem", key: "/keys/b.key" },
          passphrase: { env: "B_SECRET" },
        },
      },
      {
        registrationId: "c",
        place: "devices.csv:4",
        credentials: { format: "pfx", file: "/fleet/c.pfx", password: { env: "C_SECRET" } },
      },
      {
        registrationId: "d",
        place: "devices.csv:5",
        credentials: {
          format: "symmetricKey",
          key: { env: "D_KEY" },
          scope: "individual",
          tokenLifetimeS: 60,
        },
      },
    ],
  });
});

test("everything that is wrong is told at once, each at its line", () => {
  const text = [
    "registrationId,cert,key,pfx,passwordEnv,symmetricKeyEnv",
    ",a.pem,a.key,,,",
    "b,b.pem,,,,",
    "c,,c.key,,,",
    "d,d.pem,d.key,d.pfx,,",
    "e,,,,,",
    "f,,,,SECRET,F_KEY",
    "F,,,f.pfx,,",
    "f,,,f.pfx,,",
  ].join("\n");
  expect(read(text).problems.map(({ place, message }) => `${place} ${message}`)).toEqual([
    "devices.csv:2 expected a registrationId, got an empty cell",
    "devices.csv:3 expected a key beside cert, got none",
    "devices.csv:4 expected a cert beside key, got none",
    "devices.csv:5 expected one of cert and key, pfx, or symmetricKeyEnv, got several",
    "devices.csv:6 expected cert and key, pfx, or symmetricKeyEnv, got none of them",
    "devices.csv:7 expected no passwordEnv beside symmetricKeyEnv, got one",
    'devices.csv:8 expected ids that differ in more than case, got "F", which is "f" in devices.csv:7',
    'devices.csv:9 expected ids that differ in more than case, got "f", which is "F" in devices.csv:8',
  ]);
});

test("a wrong first line is told alone", () => {
  expect(read("registrationID,cert,key\na,b,c\nd,e,f\n").problems).toEqual([
    {
      place: "devices.csv:1",
      message: 'unknown column "registrationID"',
      hint: "did you mean registrationId?",
    },
  ]);
});

test("a table without a row has no devices", () => {
  expect(read("registrationId,pfx\n").problems[0]?.message).toContain("a row for each device");
});
