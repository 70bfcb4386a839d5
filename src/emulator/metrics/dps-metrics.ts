import { attestationOf } from "../dps/attestation-attempt.ts";
import type { DpsEvent } from "../dps/dps-event.ts";
import { withoutPort } from "../host-name.ts";
import type { Observer, Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import { CounterSeries } from "./counter-series.ts";
import { DPS_METRICS } from "./dps-catalogue.ts";
import type { DpsReadings } from "./readings.ts";

const PROTOCOLS = { mqtt: "Mqtt", https: "Http" } as const;
/** Of a dimension that a registration has not. */
const NONE = "null";

/** Counts what a DPS instance does, as Azure Monitor does. Which values `Status` has in Azure is not documented. */
export class DpsMetrics implements Observer {
  readonly #name: string;
  readonly #attestations = new CounterSeries(DPS_METRICS.AttestationAttempts);
  readonly #assignments = new CounterSeries(DPS_METRICS.DeviceAssignments);
  readonly #registrations = new CounterSeries(DPS_METRICS.RegistrationAttempts);

  /** @param name of the instance */
  constructor(name: string) {
    this.#name = name;
  }

  ended(operation: Operation, outcome: Outcome): void {
    const Status = attestationOf(operation, outcome);
    const Protocol = PROTOCOLS[operation.protocol];
    if (Status !== undefined)
      this.#attestations.of({ ProvisioningServiceName: this.#name, Status, Protocol }).add();
    // One that was accepted is counted when it is over.
    if (operation.kind === "registerDevice" && outcome.fault !== undefined)
      this.#registrationEnded("failed", undefined);
  }

  happened({ status, hub }: DpsEvent): void {
    this.#registrationEnded(status, hub);
    if (status !== "assigned" || hub === undefined) return;
    const IotHubName = withoutPort(hub);
    this.#assignments.of({ ProvisioningServiceName: this.#name, IotHubName }).add();
  }

  read(): DpsReadings {
    return {
      AttestationAttempts: this.#attestations.read(),
      DeviceAssignments: this.#assignments.read(),
      RegistrationAttempts: this.#registrations.read(),
    };
  }

  #registrationEnded(Status: DpsEvent["status"], hub: string | undefined): void {
    const IotHubName = hub === undefined ? NONE : withoutPort(hub);
    this.#registrations.of({ ProvisioningServiceName: this.#name, IotHubName, Status }).add();
  }
}
