import { createSecureContext } from "node:tls";
import { expect, test } from "vitest";
import type { ConnectionRules } from "../../src/base/connection-rules.ts";
import { CONNECTION_RULES } from "../../src/base/connection-rules.ts";
import { register } from "../../src/device/provisioning.ts";
import { createSlots } from "../../src/device/slots.ts";
import { testPki } from "../support/pki.ts";
import type { Script } from "../support/scripted-dps.ts";
import { startScriptedDps } from "../support/scripted-dps.ts";
import { directWay } from "../support/direct-way.ts";

const HOST = "global.azure-devices-provisioning.net";
const ASSIGNED = {
  status: 200,
  body: {
    operationId: "4.a.b",
    status: "assigned",
    registrationState: {
      registrationId: "cave-1",
      deviceId: "cave-1",
      assignedHub: "hub.azure-devices.net",
      status: "assigned",
    },
  },
};
const ASSIGNING = {
  status: 202,
  retryAfterS: 0.02,
  body: { operationId: "4.a.b", status: "assigning" },
};
const THROTTLED = { status: 429, retryAfterS: 0.05, body: { errorCode: 429001, message: "slow" } };

async function registerWith(
  script: Script,
  options: {
    totalTimeoutMs?: number;
    requestTimeoutMs?: number;
    rules?: Partial<ConnectionRules>;
    signal?: AbortSignal;
    clock?: () => number;
    onThrottled?: () => void;
  } = {},
) {
  const pki = await testPki();
  await using dps = await startScriptedDps(await pki.server([HOST]), script);
  const leaf = await pki.leaf("cave-1");
  const waits: number[] = [];
  let attempts = 0;
  try {
    const assignment = await register({
      registrationId: "cave-1",
      provisioningHost: HOST,
      idScope: "0ne00000001",
      transport: {
        secureContext: createSecureContext({
          cert: leaf.fullChainPem,
          key: leaf.privateKeyPem,
          ca: pki.root.certificatePem,
        }),
        way: directWay([{ host: HOST, address: "127.0.0.1", toPort: dps.port }]),
        connectTimeoutMs: 5_000,
        clock: options.clock ?? (() => performance.now()),
      },
      slots: createSlots(1),
      rules: { ...CONNECTION_RULES, retryFirstThrottledMs: 40, ...options.rules },
      random: () => 1,
      requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
      totalTimeoutMs: options.totalTimeoutMs ?? 10_000,
      signal: options.signal ?? new AbortController().signal,
      attempt: async () => {
        attempts += 1;
        return 0;
      },
      onThrottled: (ms) => {
        waits.push(ms);
        options.onThrottled?.();
      },
    });
    return { assignment, attempts, waits, requestedAt: dps.requestedAt };
  } catch (error) {
    return { error, attempts, waits, requestedAt: dps.requestedAt };
  }
}

test("a 429 on register is waited out with retry-after and jitter, and each attempt counts", async () => {
  const result = await registerWith(({ index }) => (index < 2 ? THROTTLED : ASSIGNED));
  expect(result.assignment).toMatchObject({ hub: "hub.azure-devices.net", deviceId: "cave-1" });
  expect(result.attempts).toBe(3);
  // 50 ms asked, up to half of it on top; the test's random number is the largest.
  expect(result.waits).toEqual([75, 75]);
  const [first = 0, second = 0] = result.requestedAt;
  expect(second - first).toBeGreaterThanOrEqual(50);
});

test("a 429 that asks for no time is waited out ever longer, but not under half of the first bound", async () => {
  const { retryAfterS: _, ...untimed } = THROTTLED;
  const scripted: Script = ({ index }) => (index < 3 ? untimed : ASSIGNED);
  const spread = await registerWith(scripted);
  // The test's random number is the largest.
  expect(spread.waits).toEqual([20, 20, 20]);
  const inStep = await registerWith(scripted, { rules: { retryJitter: "none" } });
  expect(inStep.waits).toEqual([40, 80, 160]);
  const asked = await registerWith(({ index }) => (index < 2 ? THROTTLED : ASSIGNED), {
    rules: { retryJitter: "none" },
  });
  expect(asked.waits).toEqual([50, 50]);
});

test("a 429 on a poll is told too, though the SDK hides it", async () => {
  const result = await registerWith(({ kind, index }) =>
    kind === "register" ? ASSIGNING : index < 2 ? THROTTLED : ASSIGNED,
  );
  expect(result.assignment?.deviceId).toBe("cave-1");
  expect(result.waits).toEqual([75]);
});

test("what throttling costs is in no phase: `accepted` is the answer to the request that was accepted", async () => {
  let now = 0;
  const result = await registerWith(
    ({ index }) => {
      now += 7;
      return index < 2 ? THROTTLED : index === 2 ? ASSIGNING : ASSIGNED;
    },
    { clock: () => now, onThrottled: () => (now += 1_000) },
  );
  expect(result.assignment?.phases).toMatchObject({ accepted: 7, assigned: 7 });
  expect(result.assignment?.assignedMs).toBe(2_028);
});

test("a 5xx is treated as throttling", async () => {
  const result = await registerWith(({ index }) =>
    index === 0 ? { ...THROTTLED, status: 503 } : ASSIGNED,
  );
  expect(result.waits).toHaveLength(1);
  expect(result.assignment?.deviceId).toBe("cave-1");
});

test("a service that throttles for ever is given up at the total limit", async () => {
  const result = await registerWith(() => THROTTLED, { totalTimeoutMs: 200 });
  expect(result.error).toMatchObject({ failureClass: "throttled", transient: false });
  expect(result.attempts).toBeGreaterThan(1);
});

test("a service that assigns for ever is given up at the total limit, as a timeout", async () => {
  const result = await registerWith(() => ASSIGNING, { totalTimeoutMs: 200 });
  expect(result.error).toMatchObject({ failureClass: "timeout", transient: false });
});

test("a first request goes out even where the limit is over, so that its own failure is told", async () => {
  const result = await registerWith(() => ASSIGNED, { totalTimeoutMs: 0 });
  expect(result.assignment?.deviceId).toBe("cave-1");
});

test("a request without an answer is a timeout", async () => {
  const result = await registerWith(() => "silence", { requestTimeoutMs: 100 });
  expect(result.error).toMatchObject({ failureClass: "timeout", transient: true });
});

test("an answer without a status is a protocol failure, and does not end the process", async () => {
  const result = await registerWith(() => ({ status: 200, body: {} }));
  expect(result.error).toMatchObject({ failureClass: "protocol" });
});

test.for(["", "<html>", '{"status":', "null", "7"])(
  "an answer that is no JSON (%j) is a protocol failure, and does not end the process",
  async (body) => {
    const result = await registerWith(() => ({ status: 200, body }));
    expect(result.error).toMatchObject({ failureClass: "protocol" });
  },
);

test("a connection lost between two polls is opened anew and the device is assigned", async () => {
  const result = await registerWith(({ kind }) =>
    kind === "register" ? { ...ASSIGNING, thenDrop: true } : ASSIGNED,
  );
  expect(result.assignment?.deviceId).toBe("cave-1");
});

test("a connection lost during a request is a network failure, to be tried again", async () => {
  const result = await registerWith(({ kind }) => (kind === "register" ? ASSIGNING : "drop"));
  expect(result.error).toMatchObject({ failureClass: "network", transient: true });
});

test("an abort ends a registration that is being throttled at once", async () => {
  const controller = new AbortController();
  const result = await registerWith(
    () => {
      controller.abort(new Error("stop"));
      return { ...THROTTLED, retryAfterS: 60 };
    },
    { signal: controller.signal },
  );
  expect(result.error).toMatchObject({ message: "stop" });
});

test("a registration that ends as failed keeps the service's code and words", async () => {
  const result = await registerWith(() => ({
    status: 200,
    body: {
      operationId: "4.a.b",
      status: "failed",
      registrationState: {
        status: "failed",
        errorCode: 400207,
        errorMessage: "Custom allocation failed with status code: 400",
      },
    },
  }));
  expect(result.error).toMatchObject({ failureClass: "protocol", code: "400207" });
});

test("a disabled enrollment is its own class", async () => {
  const result = await registerWith(() => ({
    status: 200,
    body: { operationId: "", status: "disabled", registrationState: { status: "disabled" } },
  }));
  expect(result.error).toMatchObject({ failureClass: "disabled", transient: false });
});
