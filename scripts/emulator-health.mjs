/**
 * The health check of the container: whether the emulator that wrote the file of `--write` takes clients. Plain Node
 * without packages; exit code 0 is healthy, 1 is not.
 */
import { readFileSync } from "node:fs";
import { get } from "node:https";

const LIMIT_MS = 4_000;

async function statusOf(url, options) {
  return new Promise((resolve, reject) => {
    get(url, { ...options, timeout: LIMIT_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("timeout", function stop() {
        this.destroy(new Error("no answer in time"));
      })
      .on("error", reject);
  });
}

try {
  const { adminUrl, adminToken, caFile } = JSON.parse(
    readFileSync(process.env.DPS_FLEET_WRITE, "utf8"),
  );
  const options = {
    ca: readFileSync(caFile),
    headers: { authorization: `Bearer ${adminToken}` },
    agent: false,
  };
  // The second takes the token, which a file of an earlier start does not have: clients must not be sent there by it.
  for (const path of ["ready", "position"]) {
    const status = await statusOf(`${adminUrl}/${path}`, options);
    if (status !== 200) throw new Error(`${path} is answered ${status}`);
  }
} catch (error) {
  process.stderr.write(`not healthy: ${error.message}\n`);
  process.exitCode = 1;
}
