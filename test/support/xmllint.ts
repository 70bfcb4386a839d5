import { spawnSync } from "node:child_process";

/** Whether xmllint of libxml2 is there: a reader of XML that is not ours. Tests with it are skipped without it. */
export const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;

function xmllint(args: readonly string[], document: string): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync("xmllint", ["--nonet", ...args, "-"], {
    input: document,
    encoding: "utf8",
  });
  return { code: status, text: status === 0 ? stdout : stderr };
}

/** What is wrong with a `junit.xml` by the schema; empty where nothing is. */
export function junitProblems(document: string): string {
  const { code, text } = xmllint(["--noout", "--schema", "test/fixtures/junit-10.xsd"], document);
  return code === 0 ? "" : text;
}

/** What an XPath expression gives as a string, as xmllint reads the document. */
export function xpathString(document: string, expression: string): string {
  const { code, text } = xmllint(["--xpath", `string(${expression})`], document);
  if (code !== 0) throw new Error(text);
  // It ends what it prints with a line feed of its own.
  return text.replace(/\n$/, "");
}

/** What keeps a document from being well-formed; empty where nothing does. */
export function documentProblems(document: string): string {
  const { code, text } = xmllint(["--noout"], document);
  return code === 0 ? "" : text;
}
