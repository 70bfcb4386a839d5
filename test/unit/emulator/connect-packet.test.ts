import fc from "fast-check";
import { generate } from "mqtt-packet";
import { expect, test } from "vitest";
import { connackRefusal, peekConnect } from "../../../src/emulator/connect-packet.ts";

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });

test("a CONNECT shows its client id and user name, whatever follows it", () => {
  fc.assert(
    fc.property(text, text, fc.option(text), fc.uint8Array(), (clientId, username, will, more) => {
      const packet = generate({
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clientId,
        username,
        password: Buffer.from("token"),
        clean: true,
        keepalive: 60,
        ...(will === null ? {} : { will: { topic: will, payload: will } }),
      });
      expect(peekConnect(Buffer.concat([packet, more]))).toEqual({
        state: "connect",
        head: { level: 4, clientId, userName: username },
      });
      for (const end of [0, 1, 2, packet.length - 1]) {
        const peek = peekConnect(packet.subarray(0, end));
        if (peek.state !== "incomplete") throw new Error(peek.state);
        expect(peek.wanted).toBeGreaterThan(end);
        expect(peek.wanted).toBeLessThanOrEqual(packet.length);
      }
    }),
  );
});

test("any other bytes are incomplete or invalid, and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const { state } = peekConnect(Buffer.from(bytes));
      expect(["incomplete", "invalid", "connect"]).toContain(state);
    }),
  );
  expect(peekConnect(Buffer.from("GET / HTTP/1.1"))).toEqual({ state: "invalid" });
  expect(peekConnect(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]))).toEqual({
    state: "invalid",
  });
});

test("a CONNECT with any byte changed or cut is judged without throwing", () => {
  const packet = generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clientId: "cave-1",
    username: "0ne1/registrations/cave-1/api-version=2019-03-31",
    clean: true,
    keepalive: 60,
  });
  const at = fc.nat({ max: packet.length - 1 });
  fc.assert(
    fc.property(at, fc.nat({ max: 255 }), fc.nat({ max: packet.length }), (index, byte, length) => {
      const broken = Buffer.from(packet);
      broken[index] = byte;
      const { state } = peekConnect(broken.subarray(0, length));
      expect(["incomplete", "invalid", "connect"]).toContain(state);
    }),
  );
});

test("a length beyond what any service needs is invalid at its header", () => {
  expect(peekConnect(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))).toEqual({ state: "invalid" });
});

test("another protocol level is shown, so that it can be refused by it", () => {
  const packet = generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clientId: "a",
    clean: true,
    keepalive: 0,
  });
  expect(peekConnect(packet)).toMatchObject({ state: "connect", head: { level: 5 } });
});

test("a refusal is the four bytes of a CONNACK", () => {
  expect([...connackRefusal(5)]).toEqual([0x20, 2, 0, 5]);
});
