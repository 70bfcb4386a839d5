import { errorCode } from "./error-code.ts";
import { messageOf } from "./errors.ts";

/** What users are told for the codes that file operations fail with. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a file of that name is in the way",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EFBIG: "it may not grow any further",
  ELOOP: "its links lead round in a circle",
  ENAMETOOLONG: "its name is too long",
};

/** Why a file or folder cannot be used, in words, without the system call and the path; never throws. */
export function fileTrouble(error: unknown): string {
  return WORDS[errorCode(error) ?? ""] ?? messageOf(error);
}
