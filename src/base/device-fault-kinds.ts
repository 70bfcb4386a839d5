/** What a parameter is; `does` is a noun phrase, and so is `expected`. */
export interface DeviceFaultParameter {
  readonly does: string;
  readonly expected: string;
  /** As a scenario writes it; absent = `otherwise` says what holds. */
  readonly default?: string | number;
  readonly otherwise?: string;
}

/** A kind of fault that every device can have, whatever its model: it acts on messages or on the connection. */
export interface DeviceFaultKind {
  readonly layer: "device";
  /** One sentence. */
  readonly does: string;
  readonly parameters: Readonly<Record<string, DeviceFaultParameter>>;
  /** What the hub gets, and those who read there. */
  readonly seen: string;
  /** How the run accounts for it. */
  readonly counts: string;
  /** Without a time it is over as soon as it has begun. */
  readonly isMoment?: true;
}

const MESSAGES = {
  does: "which part of the messages, drawn for each of them",
  expected: "a share above 0% up to 100%",
  default: "100%",
} as const satisfies DeviceFaultParameter;

const FIELD = {
  does: "the member of the JSON body, with dots for what is in members: `reading.temperature`",
  expected: "the name of a member",
} as const;

/** What scenarios can make any device do wrong. */
export const DEVICE_FAULT_KINDS = {
  notANumber: {
    layer: "device",
    does:
      "Sends a number as `NaN`, as careless firmware writes it: a bare word, which no JSON has. A number that the body " +
      "has as a text becomes the text `NaN`.",
    parameters: { field: { ...FIELD, otherwise: "the first number" }, messages: MESSAGES },
    seen: "A body that no JSON parser takes; the hub takes every body, and routes by conditions on it do not match.",
    counts: "As a message like any other. One without that member is sent as it is.",
  },
  wrongType: {
    layer: "device",
    does:
      "Sends a member as another type, with the same digits: a number as a text; a text as a number, where it is none " +
      "as 0; true and false as texts.",
    parameters: {
      field: { ...FIELD, otherwise: "the first number, or number in a text" },
      messages: MESSAGES,
    },
    seen: "JSON of the wrong type. What comes after the hub may refuse it, or take `9` for more than `10`.",
    counts: "As a message like any other. One without that member is sent as it is.",
  },
  oversizedBody: {
    layer: "device",
    does: "Sends a body that spaces at its end make too large.",
    parameters: {
      size: {
        does: "of the body",
        expected: "a size from 1B to 1MiB",
        default: "256KiB",
      },
      messages: MESSAGES,
    },
    seen:
      "256 KiB is the most that a message may have, with its properties: a body of that size passes Microsoft's SDK, which " +
      "looks at bodies alone, and the hub closes the connection. With more, the SDK refuses it itself.",
    counts:
      "The message is failed: `network` where the hub closed the connection, which is then lost and made again; " +
      "`protocol` where the SDK refused it.",
  },
  clockSkew: {
    layer: "device",
    does:
      "Goes by a clock that is wrong: it says when messages were made (`iothub-creation-time-utc`), and until when the " +
      "tokens hold that it signs for DPS and hubs. A certificate is not touched by it: TLS goes by the clock of the machine " +
      "that runs the fleet, which no device can set.",
    parameters: {
      by: {
        does: "how far the clock is ahead; with a minus behind",
        expected: "a duration such as 1h or -30s",
        default: "1h",
      },
      messages: MESSAGES,
    },
    seen:
      "The system property, wrong against the time at which the hub took the message. A device with a key whose clock is " +
      "behind by more than its tokens hold is refused (401) by DPS and hub; by less, its hub closes the connection when the " +
      "token ends, before it is renewed. One that is ahead has tokens that hold for longer.",
    counts:
      "As a message like any other; `telemetry_delay_ms` is wrong by as much, and 0 where it would be below. The message " +
      "belongs to the phase of the run that its own time falls in.",
  },
  stuck: {
    layer: "device",
    does:
      "Gets desired properties and neither applies nor reports them, as firmware does whose task hangs. What comes in that " +
      "time stays unapplied until the hub asks for it again, or the device boots.",
    parameters: {},
    seen: "A desired version that the reported properties never follow; messages go on.",
    counts:
      "`desired` events and `desired_received` go on, reported patches in answer to them do not. The oracle names each " +
      "property that differs.",
  },
  wrongReport: {
    layer: "device",
    does:
      "Reports other values than those that it uses: numbers off, true for false, texts with `?` behind them; inside " +
      "`{ value, ac, av }` the value alone.",
    parameters: {
      property: {
        does: "the reported property",
        expected: "the name of a property",
        otherwise: "all of them",
      },
      by: {
        does: "by how much numbers are off",
        expected: "a number other than 0",
        default: 10,
      },
    },
    seen: "A device that seems to follow another wish, in all that it reports in that time; it stands there until it reports again.",
    counts: "As reported patches like any other. The oracle names each property that differs.",
  },
  duplicate: {
    layer: "device",
    does: "Sends a message several times, with the same `seq`.",
    parameters: {
      times: {
        does: "how often in all",
        expected: "a whole number from 2 to 10",
        default: 2,
      },
      messages: MESSAGES,
    },
    seen: "The same message again, as after a PUBACK that was lost.",
    counts:
      "As one message, acknowledged with the first of them; the ledger has the others as `duplicated`.",
  },
  late: {
    layer: "device",
    does: "Holds messages back; those that come after are not held up.",
    parameters: {
      by: {
        does: "how long after it was due",
        expected: "a duration above 0 such as 5s, at most 24h",
        default: "5s",
      },
      messages: MESSAGES,
    },
    seen: "Messages out of order.",
    counts:
      "`telemetry_ms` counts from the moment at which the message was due; the ledger has it as `outOfOrder`. What is " +
      "still held back when the device stops is failed with class `fault`.",
  },
  dropout: {
    layer: "device",
    does: "Leaves messages out.",
    parameters: { messages: MESSAGES },
    seen: "A gap in time, and none in `seq`.",
    counts: "Not at all: what is left out is not sent, and takes no `seq`.",
  },
  sendFailure: {
    layer: "device",
    does: "Fails messages before they are handed over.",
    parameters: { messages: MESSAGES },
    seen: "A gap in `seq`.",
    counts: "As sent and failed, with class `fault`.",
  },
  disconnect: {
    layer: "device",
    does:
      "Cuts the device's connection to its hub without a DISCONNECT. It connects again as after any loss, or, where the " +
      "fault has a time, not before that is over.",
    parameters: {},
    seen: "A device that is gone: its will is sent.",
    counts:
      "A lost connection; what was under way is failed with class `fault`, what is due until it is back with `offline`.",
    isMoment: true,
  },
} as const satisfies Readonly<Record<string, DeviceFaultKind>>;

export type DeviceFaultName = keyof typeof DEVICE_FAULT_KINDS;

export const DEVICE_FAULT_NAMES: readonly DeviceFaultName[] =
  Object.keys(DEVICE_FAULT_KINDS).filter(isDeviceFaultName);

/** What is known of a kind. */
export function deviceFaultKind(name: DeviceFaultName): DeviceFaultKind {
  return DEVICE_FAULT_KINDS[name];
}

/** @param name whatever was given */
export function isDeviceFaultName(name: unknown): name is DeviceFaultName {
  return typeof name === "string" && Object.hasOwn(DEVICE_FAULT_KINDS, name);
}
