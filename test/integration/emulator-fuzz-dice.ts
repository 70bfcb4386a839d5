import type { Packet } from "mqtt-packet";
import { generate } from "mqtt-packet";
import type { SeededRandom } from "../../src/base/random.ts";
import { connectPacket, publishPacket, subscribePacket } from "./emulator-wire.ts";

/** Draws what a device may send that nobody foresaw; the same random numbers give the same. */
export class Dice {
  readonly #random: SeededRandom;
  readonly #names: DiceNames;

  constructor(random: SeededRandom, names: DiceNames) {
    this.#random = random;
    this.#names = names;
  }

  below(bound: number): number {
    return Math.floor(this.#random.next() * bound);
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(first: T, ...more: readonly T[]): T {
    return [first, ...more][this.below(more.length + 1)] ?? first;
  }

  bytes(maxLength: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(maxLength + 1) }, () => this.below(256)));
  }

  /** Text as it is, or with a few pieces changed for others, or cut. */
  text(text: string): string {
    if (!this.oneIn(4)) return text;
    let changed = text;
    for (let changes = this.below(4); changes > 0; changes--) {
      const at = this.below(changed.length + 1);
      const piece = this.pick(
        "",
        "/",
        "?",
        "&",
        "=",
        "%",
        "%2",
        "%00",
        "\0",
        "#",
        "+",
        "$",
        "é",
        "💧",
        "\ud800",
        "..",
        "x".repeat(this.below(300)),
        this.#names.other,
      );
      changed = changed.slice(0, at) + piece + changed.slice(at + this.below(4));
    }
    return this.oneIn(8) ? changed.slice(0, this.below(changed.length + 1)) : changed;
  }

  topic(): string {
    const { own, other, isDps } = this.#names;
    const id = this.oneIn(8) ? other : own;
    const rid = this.oneIn(20) ? "r".repeat(65_000 + this.below(500)) : `${this.below(100)}`;
    const status = this.pick("200", "-1", "0", "abc", "99999999999");
    const ofHub = this.pick(
      `devices/${id}/messages/events/`,
      `devices/${id}/messages/events/${this.bag()}`,
      `$iothub/twin/GET/?$rid=${rid}`,
      `$iothub/twin/PATCH/properties/reported/?$rid=${rid}`,
      `$iothub/methods/res/${status}/?$rid=${rid}`,
    );
    const ofDps = this.pick(
      `$dps/registrations/PUT/iotdps-register/?$rid=${rid}`,
      `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${id}`,
    );
    return this.text(
      this.oneIn(12) ? this.pick("$SYS/#", "", ofHub, ofDps) : isDps ? ofDps : ofHub,
    );
  }

  filter(): string {
    const { own, other } = this.#names;
    return this.text(
      this.oneIn(6)
        ? this.pick("#", "+/+/#", `devices/${other}/#`, "$SYS/#", "")
        : this.pick(
            "$iothub/twin/res/#",
            "$iothub/twin/PATCH/properties/desired/#",
            "$iothub/methods/POST/#",
            `devices/${own}/messages/devicebound/#`,
            "$dps/registrations/res/#",
          ),
    );
  }

  bag(): string {
    const pairs = Array.from({ length: this.below(5) }, () =>
      this.text(
        this.pick(
          "a=b",
          "%24.mid=1",
          "$.ct=application%2Fjson",
          "$.ce=utf-8",
          "x",
          "=",
          "a=%",
          "a=%E0%A4%A",
          "a=b=c",
          "",
        ),
      ),
    );
    return pairs.join("&");
  }

  body(): Buffer {
    if (this.oneIn(4)) return this.bytes(300);
    const levels = this.pick(5, 300, 30_000);
    return Buffer.from(
      this.text(
        this.pick(
          "",
          "{}",
          "null",
          '{"a":1}',
          '{"$version":5,"a":{"b":null}}',
          '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
          `{"registrationId":"${this.#names.other}"}`,
          '{"payload":{"a":[1,2,3]}}',
          `{"k":"${"x".repeat(this.below(9000))}"}`,
          '{"a":'.repeat(levels) + "1" + "}".repeat(levels),
          "[".repeat(levels),
        ),
      ),
    );
  }

  userName(plain: string): string {
    return this.oneIn(5) ? this.bytes(60).toString("latin1") : this.text(plain);
  }

  /** A packet that a connected device might send. */
  packet(): Packet {
    const qos = this.oneIn(20) ? 2 : this.pick(0, 1);
    const messageId = 1 + this.below(65_535);
    switch (this.below(20)) {
      case 0:
        return subscribePacket(this.filter(), qos, messageId);
      case 1:
        return { cmd: "unsubscribe", messageId, unsubscriptions: [this.filter()] };
      case 2:
        return { cmd: this.pick("puback", "pubrec", "pubrel", "pubcomp"), messageId };
      case 3:
        return { cmd: this.pick("pingreq", "pingreq", "pingresp", "disconnect") };
      case 4:
        return connectPacket(this.pick(this.#names.own, this.#names.other, ""), this.text("x"));
      default:
        return publishPacket(this.topic(), this.body(), { qos, messageId, retain: this.oneIn(5) });
    }
  }

  /** Packets as bytes, some of them harmed; empty where the library does not write such a packet. */
  stream(): Buffer {
    const packets = Array.from({ length: 1 + this.below(6) }, () => written(this.packet()));
    return Buffer.concat(packets.map((packet) => (this.oneIn(6) ? this.harmed(packet) : packet)));
  }

  harmed(bytes: Buffer): Buffer {
    if (bytes.length === 0) return bytes;
    const at = this.below(bytes.length);
    const harmed = Buffer.from(bytes);
    switch (this.below(5)) {
      case 0:
        harmed.writeUInt8(this.below(256), at);
        return harmed;
      case 1:
        // The fixed header and the first length field are where most can go wrong.
        harmed.writeUInt8(this.below(256), Math.min(at, this.below(6)));
        return harmed;
      case 2:
        return harmed.subarray(0, at);
      case 3:
        return Buffer.concat([harmed.subarray(0, at), this.bytes(8), harmed.subarray(at)]);
      default:
        return Buffer.concat([harmed, this.bytes(20)]);
    }
  }
}

export interface DiceNames {
  /** The device that sends. */
  readonly own: string;
  /** One whose data is none of its business. */
  readonly other: string;
  /** Whether it sends to DPS rather than to its hub. */
  readonly isDps: boolean;
}

export function written(packet: Packet): Buffer {
  try {
    return generate(packet);
  } catch {
    // Not writable at all, such as a topic with a wildcard or an id of 0.
    return Buffer.alloc(0);
  }
}
