import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { deferred } from "../../../src/base/deferred.ts";
import type { WatchTimes } from "../../../src/run/watched-files.ts";
import { WatchedFiles } from "../../../src/run/watched-files.ts";
import { temporaryDir } from "../../support/pki.ts";

const QUICK: WatchTimes = { quietMs: 20, sweepMs: 3_600_000 };

/** Files of owners in folders of their own, and what is told of them. */
function world(files: Readonly<Record<string, string>>, times: WatchTimes = QUICK) {
  const dir = temporaryDir();
  mkdirSync(join(dir.path, "private"));
  const path = (name: string): string => join(dir.path, name);
  for (const name of Object.keys(files)) writeFileSync(path(name), "old");
  const told: string[] = [];
  let heard = deferred<void>();
  const watched = new WatchedFiles({
    files: new Map(Object.entries(files).map(([name, owner]) => [path(name), owner])),
    onChange: (owners) => {
      told.push(...owners);
      heard.resolve();
      heard = deferred();
    },
    times,
  });
  return {
    path,
    told,
    /** Resolves when `owner` was told so many times. */
    async until(owner: string, times_ = 1): Promise<void> {
      while (told.filter((one) => one === owner).length < times_) await heard.promise;
    },
    [Symbol.dispose]: () => {
      watched.stop();
      watched.stop();
      dir[Symbol.dispose]();
    },
  };
}

test("an owner is told once for files that change together, in several folders", async () => {
  using files = world({ "a.pem": "a", "private/a.key": "a", "b.pem": "b" });
  writeFileSync(files.path("private/a.key"), "new");
  writeFileSync(files.path("a.pem"), "new");
  await files.until("a");
  writeFileSync(files.path("b.pem"), "newer");
  await files.until("b");
  expect(files.told).toEqual(["a", "b"]);
});

test("a file that is renamed into place, comes or goes is a change; a stranger's is none", async () => {
  using files = world({ "a.pem": "a", "b.pem": "b", "c.pem": "c" });
  rmSync(files.path("c.pem"));
  await files.until("c");
  writeFileSync(files.path("stranger.pem"), "x");
  writeFileSync(files.path("a.pem.tmp"), "old");
  renameSync(files.path("a.pem.tmp"), files.path("a.pem"));
  await files.until("a");
  writeFileSync(files.path("c.pem"), "old");
  await files.until("c", 2);
  expect(files.told).toEqual(["c", "a", "c"]);
});

test("a sweep finds what the system did not tell", async () => {
  const dir = temporaryDir();
  const late = join(dir.path, "later", "a.pem");
  const told = deferred<readonly string[]>();
  // The folder is not there yet, so nobody can watch it.
  const watched = new WatchedFiles({
    files: new Map([[late, "a"]]),
    onChange: (owners) => told.resolve(owners),
    times: { quietMs: 1, sweepMs: 10 },
  });
  mkdirSync(join(dir.path, "later"));
  writeFileSync(late, "new");
  expect(await told.promise).toEqual(["a"]);
  watched.stop();
  dir[Symbol.dispose]();
});

test("hundreds of files are watched, and the one that changed is told", async () => {
  const names = Array.from({ length: 500 }, (_, at) => [`${at}.pem`, String(at)]);
  using files = world(Object.fromEntries(names));
  const then = new Date(Date.now() - 60_000);
  utimesSync(files.path("123.pem"), then, then);
  await files.until("123");
  expect(files.told).toEqual(["123"]);
});
