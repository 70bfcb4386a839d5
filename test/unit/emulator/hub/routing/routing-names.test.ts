import { expect, test } from "vitest";
import {
  routingNames,
  systemPropertyNamed,
} from "../../../../../src/emulator/hub/routing/routing-names.ts";
import { parseCondition } from "../../../../../src/emulator/query/parse-expression.ts";

const pathOf = (text: string): unknown => {
  const expression = parseCondition(text, routingNames);
  return expression.kind === "path" ? expression.path : expression;
};

test.for([
  ["sensorID", ["sensorid"]],
  ["[[my-Property]]", ["my-property"]],
  ["$ContentType", ["$contentType"]],
  ["$dt-subject", ["$dt-subject"]],
  ["$DT-dataschema", ["$dt-dataschema"]],
  ["$Body.Weather[0].Low", ["$body", "Weather", 0, "Low"]],
  ["$body", ["$body"]],
  ["$twin.Tags.Site", ["$twin", "tags", "Site"]],
  ["$twin.Properties.Reported.a.$version", ["$twin", "properties", "reported", "a", "$version"]],
] as const)("%s is looked up as %j", ([text, path]) => {
  expect(pathOf(text)).toEqual(path);
});

test.for([
  ["$nothing", "at character 1: a message has no $nothing; it has $messageId"],
  ["a = 1 AND $systemProperties.x = 1", "at character 11: a message has no $systemProperties"],
  ["sensor.id", "at character 1: sensor has no members; those of the body are $body.…"],
  ["$contentType.x", "at character 1: $contentType has no members"],
  ["$twin", "at character 1: expected $twin.tags or $twin.properties"],
  ["$twin.etag", "at character 1: expected $twin.tags or $twin.properties"],
] as const)("%s is refused: %s", ([text, message]) => {
  expect(() => pathOf(text)).toThrow(message);
});

test("system properties are found without $ and in any case, the body and the twin are none", () => {
  expect(systemPropertyNamed("contenttype")).toBe("$contentType");
  expect(systemPropertyNamed("$dt-Subject")).toBe("$dt-subject");
  for (const text of ["body", "$twin", "sensorID", ""])
    expect(systemPropertyNamed(text)).toBeUndefined();
});
