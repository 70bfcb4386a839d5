import type { FailureClass } from "./failure.ts";

/** What a class of failure means for people, and where the mend is to be looked for. */
export interface FailureWords {
  readonly means: string;
  readonly mend: string;
}

/** One source for report and docs; `docs/errors.md` repeats it, and a test holds both together. */
export const FAILURE_WORDS: Readonly<Record<FailureClass, FailureWords>> = {
  unauthorized: {
    means: "DPS or a hub refused who the device is: certificate, key, signature or token.",
    mend: "`dps-fleet doctor explain` shows which link of the chain fails.",
  },
  notFound: {
    means: "The service does not know what was asked for: ID scope, operation or device.",
    mend: "Check the ID scope, and whether the device was deleted from the hub.",
  },
  disabled: {
    means: "The enrollment or the device's identity is there and switched off.",
    mend: "Enable it: `dps-fleet enroll enable`, `dps-fleet devices enable`.",
  },
  throttled: {
    means: "The service is at its limit (429 or 5xx), and the device had no time left to wait.",
    mend: "Let devices arrive below the limit (`--rate auto`), or give them more time.",
  },
  timeout: {
    means: "No answer within the limit of the step: handshake, CONNACK, request or PUBACK.",
    mend: "Look at the service's latency, at the network, and at whether this machine keeps up.",
  },
  tls: {
    means: "The TLS handshake failed: the server's name or chain, or an alert that it sent.",
    mend: "Check `--ca` and the names that are dialled; `dps-fleet doctor` shows the chain.",
  },
  network: {
    means: "The name did not resolve, or the connection was refused, reset or closed.",
    mend: "Check DNS, firewall and proxy; `dps-fleet doctor` tries both ports.",
  },
  protocol: {
    means: "The service answered something that its protocol does not have at this place.",
    mend: "Look at the answer in run.ndjson; against the emulator this is a bug.",
  },
  offline: {
    means: "A message was due while the device had no connection; nothing queues.",
    mend: "Look at why connections were lost: the other classes, and the courses above.",
  },
  model: {
    means: "The device's own model threw, or gave what it must not.",
    mend: "Mend the model; the message names the place.",
  },
  fault: {
    means: "A fault of the scenario did it, as the scenario wanted.",
    mend: "Nothing is to be mended.",
  },
};
