import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { AskControl } from "../../../src/control/answer-line.ts";
import { ControlClient } from "../../../src/control/control-client.ts";
import type { ControlRequest } from "../../../src/control/control-request.ts";
import { openControlServer } from "../../../src/control/control-server.ts";
import { LONGEST_LINE_BYTES } from "../../../src/control/socket-lines.ts";
import { CONTROL_DONE } from "../../support/control-status.ts";

const done: AskControl = () => Promise.resolve(CONTROL_DONE);

/** A run that listens at a socket of its own. */
async function listening(ask: AskControl = done) {
  const dir = await mkdtemp(join(tmpdir(), "dps-fleet-test-"));
  const path = join(dir, "control");
  const server = await openControlServer(path, ask);
  const sockets: Socket[] = [];
  return {
    path,
    server,
    /** A client that says what it likes. */
    raw: async (): Promise<Socket> => {
      const socket = createConnection(path);
      socket.on("error", () => {});
      sockets.push(socket);
      await once(socket, "connect");
      return socket;
    },
    client: async (): Promise<ControlClient> => {
      const client = await ControlClient.connect(path);
      if (client === undefined) throw new Error("nobody listens");
      return client;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await server.close();
      await rm(dir, { recursive: true });
    },
  };
}

const { signal } = new AbortController();

/** All that a socket says until it is closed. */
async function heard(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  if (!socket.closed) await once(socket, "close");
  return text;
}

test("two clients at once get their own answers, each in order", async () => {
  const asked: ControlRequest[] = [];
  await using run = await listening((request) => {
    asked.push(request);
    return Promise.resolve({
      ...CONTROL_DONE,
      selected: request.do === "scale" ? request.devices : 0,
    });
  });
  const clients = await Promise.all([run.client(), run.client()]);
  const answers = await Promise.all(
    clients.map(async (client, at) => {
      const selected: (number | undefined)[] = [];
      for (const step of [1, 2, 3]) {
        const answer = await client.ask({ do: "scale", devices: 10 * at + step }, signal);
        selected.push(answer.selected);
      }
      client.close();
      client.close();
      return selected;
    }),
  );
  expect(answers).toEqual([
    [1, 2, 3],
    [11, 12, 13],
  ]);
  expect(asked).toHaveLength(6);
});

test("lines that come in pieces or together are answered one by one", async () => {
  await using run = await listening();
  const socket = await run.raw();
  const all = heard(socket);
  socket.write('{"do":"pa');
  socket.write('use"}\n{"do":"dance"}\nno JSON\n{"do":"st');
  socket.end('op"}\n{"do":"half');
  const answers = (await all).trim().split("\n");
  expect(answers.map((line) => /"ok":(true|false)/.exec(line)?.[1])).toEqual([
    "true",
    "false",
    "false",
    "true",
  ]);
});

test("a line that is too long is refused, and ends its connection alone", async () => {
  await using run = await listening();
  const [long, endless, other] = [await run.raw(), await run.raw(), await run.client()];
  const answers = Promise.all([heard(long), heard(endless)]);
  long.write(`${JSON.stringify({ do: "pause", text: "x".repeat(LONGEST_LINE_BYTES) })}\n`);
  endless.write("x".repeat(LONGEST_LINE_BYTES + 1));
  for (const answer of await answers) expect(answer).toContain("expected a line of at most");
  expect(await other.ask({ do: "status" }, signal)).toEqual(CONTROL_DONE);
  other.close();
});

test("clients that break off harm nobody", async () => {
  await using run = await listening();
  for (let broken = 0; broken < 8; broken += 1) {
    const socket = await run.raw();
    socket.write('{"do":"pause"}\n'.repeat(50));
    socket.destroy();
    const client = await run.client();
    expect(await client.ask({ do: "status" }, signal)).toEqual(CONTROL_DONE);
    client.close();
  }
});

test("one client too many is turned away", async () => {
  await using run = await listening();
  const clients = [];
  for (let at = 0; at < 16; at += 1) {
    const client = await run.client();
    expect(await client.ask({ do: "status" }, signal)).toEqual(CONTROL_DONE);
    clients.push(client);
  }
  const late = await run.client();
  await expect(late.ask({ do: "status" }, signal)).rejects.toMatchObject({ code: "UNREACHABLE" });
  for (const client of clients) client.close();
});

test("a run that ends ends its clients; nobody listens after it", async () => {
  await using run = await listening(() => new Promise(() => {}));
  const client = await run.client();
  const asking = client.ask({ do: "pause" }, signal);
  asking.catch(() => {});
  await run.server.close();
  await run.server.close();
  await expect(asking).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: "the run ended before it answered",
  });
  expect(await ControlClient.connect(run.path)).toBeUndefined();
});

test("who stops waiting waits no longer", async () => {
  await using run = await listening(() => new Promise(() => {}));
  const client = await run.client();
  const stop = new AbortController();
  const asking = client.ask({ do: "pause" }, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(asking).rejects.toThrow("stopped");
  client.close();
});
