import type { Faults } from "./faults.ts";

/** What devices are connected to. */
interface Disappearing {
  /** Closes every connection at once. */
  cutOff(): void;
}

/** Cuts the devices off from services that disappear, when they do. */
export function cutOffWhenGone(
  faults: Faults,
  services: {
    readonly dps: Disappearing;
    readonly hubs: readonly (Disappearing & { readonly hostName: string })[];
  },
): void {
  faults.act("dpsGone", { begin: () => services.dps.cutOff() });
  faults.act("hubGone", {
    begin: (fault) => {
      for (const hub of services.hubs)
        if (fault.covers({ service: hub.hostName, deviceId: undefined })) hub.cutOff();
    },
  });
}
