import { QueryError } from "../../../../src/emulator/query/query-error.ts";

/** Why a text is no query, empty where it is one; anything else that `read` throws goes on. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
    return "";
  } catch (error) {
    if (error instanceof QueryError) return error.message;
    throw error;
  }
}
