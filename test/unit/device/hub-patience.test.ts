import fc from "fast-check";
import { expect, test } from "vitest";
import { DeviceFailure } from "../../../src/base/failure.ts";
import { DEVICE_LIMITS } from "../../../src/device/device-limits.ts";
import { HubPatience } from "../../../src/device/hub-patience.ts";

const gone = new DeviceFailure("network", "nobody there");
const unknown = new DeviceFailure("unauthorized", "who is that");
const wrongName = new DeviceFailure("tls", "another name");

function patience(more: { asksDps?: boolean; reprovisionAfterMs?: number } = {}): HubPatience {
  const { asksDps = true, reprovisionAfterMs = 5_000 } = more;
  const limits = { ...DEVICE_LIMITS, reprovisionAfterMs };
  return new HubPatience({ limits, asksDps, random: () => 0 });
}

/** What a device did within `forMs` against hubs that nobody can reach, where DPS answers at once with `hubOf(visit)`. */
function deadHubs(
  forMs: number,
  hubOf: (visit: number) => string,
  options: { random: () => number; reprovisionAfterMs: number; failure: DeviceFailure },
): { readonly attempts: number; readonly visits: number; readonly longestGapMs: number } {
  const { random, reprovisionAfterMs, failure } = options;
  const limits = { ...DEVICE_LIMITS, reprovisionAfterMs };
  const subject = new HubPatience({ limits, asksDps: true, random });
  subject.assigned("hub-0", false, 0);
  subject.served(0);
  let now = subject.waitAfter(gone);
  let [attempts, visits, longestGapMs] = [0, 0, 0];
  while (now < forMs) {
    attempts += 1;
    const next = subject.failed(new DeviceFailure(failure.failureClass, ""), now);
    if (next === "giveUp") throw new Error("it gave up");
    let waitMs: number;
    if (next === "askDps") {
      visits += 1;
      waitMs = subject.assigned(hubOf(visits), false, now);
    } else {
      waitMs = subject.waitAfter(failure);
    }
    now += waitMs;
    longestGapMs = Math.max(longestGapMs, waitMs);
  }
  return { attempts, visits, longestGapMs };
}

test("a device that was never let in gives up where nothing changes by itself, and waits where it may", () => {
  const subject = patience();
  expect(subject.assigned("a", false, 0)).toBe(0);
  expect(subject.failed(gone, 10)).toBe("wait");
  expect(subject.failed(wrongName, 20)).toBe("giveUp");
  expect(subject.failed(unknown, 30)).toBe("giveUp");
});

test("a hub that does not know a device any more sends it to DPS at once", () => {
  const welcome = patience();
  welcome.assigned("a", false, 0);
  welcome.served(1_000);
  expect(welcome.failed(unknown, 1_100)).toBe("askDps");
  // Where it belonged in an earlier life may be long ago.
  const kept = patience();
  expect(kept.assigned("a", true, 0)).toBe(0);
  expect(kept.failed(unknown, 10)).toBe("askDps");
  // DPS says that it belongs there: who is refused now is refused.
  expect(kept.assigned("a", false, 20)).toBeGreaterThan(0);
  expect(kept.failed(unknown, 30)).toBe("giveUp");
});

test("a device that brought its hub along never asks DPS, and knocks for ever once it was let in", () => {
  const subject = patience({ asksDps: false });
  subject.assigned("a", false, 0);
  subject.served(10);
  expect(subject.failed(unknown, 20)).toBe("wait");
  expect(subject.failed(gone, 1e9)).toBe("wait");
});

test("a hub that cannot be reached sends a device to DPS after the set time, counted from its last connection", () => {
  const subject = patience();
  subject.assigned("a", false, 0);
  subject.served(60_000);
  subject.waitAfter(gone);
  expect(subject.failed(gone, 65_000)).toBe("wait");
  expect(subject.failed(gone, 65_001)).toBe("askDps");
  // Another hub is worth a try at once; from there the time counts anew.
  expect(subject.assigned("b", false, 65_100)).toBe(0);
  expect(subject.failed(gone, 70_100)).toBe("wait");
});

test("waits grow until a connection serves, whatever DPS says in between", () => {
  const subject = patience();
  subject.assigned("a", false, 0);
  subject.served(0);
  expect(subject.waitAfter(gone)).toBe(1_000);
  expect(subject.failed(gone, 6_000)).toBe("askDps");
  expect(subject.assigned("a", false, 6_000)).toBe(2_000);
  expect(subject.failed(new DeviceFailure("network", ""), 12_000)).toBe("askDps");
  expect(subject.assigned("a", false, 12_000)).toBe(4_000);
  subject.served(20_000);
  expect(subject.waitAfter(gone)).toBe(1_000);
});

test("a device between DPS and hubs that are all dead makes no more attempts than the back-off alone would", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(gone, unknown),
      (reprovisionAfterMs, hubs, failure) => {
        const hour = 3_600_000;
        const options = { random: () => 0, reprovisionAfterMs, failure };
        const { attempts, visits, longestGapMs } = deadHubs(
          hour,
          (visit) => `hub-${visit % hubs}`,
          options,
        );
        // 1, 2, 4, 8, 16, 32 s, then one a minute, and one attempt without a wait, at the first other hub.
        expect(attempts).toBeLessThanOrEqual(6 + 60 + 1);
        expect(visits).toBeLessThanOrEqual(attempts);
        expect(visits).toBeGreaterThan(10);
        expect(longestGapMs).toBe(60_000);
      },
    ),
  );
});
