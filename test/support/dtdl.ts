import { createParser, ModelParsingOption } from "@azure/dtdl-parser";
import { getInterop } from "@digicatapult/dtdl-parser";
import { z } from "zod";

/** What two independent parsers of DTDL, versions 2 and 3, make of a document. */
export interface ParsedDtdl {
  /** Why each parser refuses it; both lists empty = valid. */
  readonly refusals: {
    readonly microsoft: readonly string[];
    readonly digicatapult: readonly string[];
  };
  /** What its interfaces contain, by name, sorted; all empty where it is refused. */
  readonly contents: InterfaceContents;
}

export interface InterfaceContents {
  readonly interfaces: readonly string[];
  readonly telemetry: readonly string[];
  readonly writableProperties: readonly string[];
  readonly readOnlyProperties: readonly string[];
  readonly commands: readonly string[];
}

const parsedModel = z.record(
  z.string(),
  z.object({
    EntityKind: z.string(),
    Id: z.string(),
    name: z.string().optional(),
    writable: z.boolean().optional(),
  }),
);
const microsoftRefusal = z
  .object({ _parsingErrors: z.array(z.object({ cause: z.string() })) })
  .transform(({ _parsingErrors: errors }) => errors.map(({ cause }) => cause));
const digicatapultRefusal = z.object({ Errors: z.array(z.object({ Cause: z.string() })) });

/** Parses one document. @param dtdl JSON text */
export async function parsedBy(dtdl: string): Promise<ParsedDtdl> {
  const [microsoft, digicatapult] = [await byMicrosoft(dtdl), await byDigicatapult(dtdl)];
  return {
    refusals: { microsoft, digicatapult: digicatapult.refusals },
    contents: contentsOf(digicatapult.model),
  };
}

async function byMicrosoft(dtdl: string): Promise<readonly string[]> {
  try {
    await createParser(ModelParsingOption.PermitAnyTopLevelElement).parse([dtdl]);
    return [];
  } catch (error) {
    return microsoftRefusal.parse(error);
  }
}

/** Microsoft's parser for .NET, as WebAssembly. */
async function byDigicatapult(
  dtdl: string,
): Promise<{ refusals: readonly string[]; model: z.infer<typeof parsedModel> }> {
  const parser = await getInterop();
  try {
    return { refusals: [], model: parsedModel.parse(JSON.parse(parser.parse(dtdl))) };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof z.ZodError) throw error;
    const { Errors } = digicatapultRefusal.parse(JSON.parse(error.message));
    return { refusals: Errors.map(({ Cause }) => Cause), model: {} };
  }
}

function contentsOf(model: z.infer<typeof parsedModel>): InterfaceContents {
  const entities = Object.values(model);
  const named = (kind: string, writable?: boolean): readonly string[] =>
    entities
      .filter((entity) => entity.EntityKind === kind)
      .filter((entity) => writable === undefined || entity.writable === writable)
      .flatMap(({ name }) => name ?? [])
      .toSorted();
  return {
    interfaces: entities.filter(({ EntityKind }) => EntityKind === "Interface").map(({ Id }) => Id),
    telemetry: named("Telemetry"),
    writableProperties: named("Property", true),
    readOnlyProperties: named("Property", false),
    commands: named("Command"),
  };
}
