import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { listeningOn, portHolder } from "../../../src/base/port-holder.ts";

const TABLE = `
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:22B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0
   1: 0100007F:22B3 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 100 0 0 10 0
   2: 00000000:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100 0 0 10 0
`;

test("the table of sockets tells who listens on a port, not who talks on it", () => {
  expect(listeningOn(TABLE, 8883)).toEqual(["socket:[4711]"]);
  expect(listeningOn(TABLE, 8443)).toEqual(["socket:[4713]"]);
  expect(listeningOn(TABLE, 443)).toEqual([]);
  expect(listeningOn("", 443)).toEqual([]);
});

test.skipIf(process.platform !== "linux")("on Linux the holder of a port is found", async () => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  expect(await portHolder(address.port)).toMatchObject({ pid: process.pid });
  await once(server.close(), "close");
  expect(await portHolder(address.port)).toBeUndefined();
});
