import type { MachineLimits } from "./machine-limits.ts";

/** One thing that a run needs of this machine. */
export interface MachineNeed {
  readonly resource: "memory" | "openFiles" | "ports";
  /** Whose it is, for people. */
  readonly of: string;
  /** Bytes of memory, else a number. */
  readonly needed: number;
  /** null = the system does not tell. */
  readonly available: number | null;
  /** What to change where it does not suffice; null = it does, as far as one can tell. */
  readonly mend: string | null;
}

/** What the machine has to carry. */
export interface FleetSize {
  readonly devices: number;
  readonly workers: number;
  readonly ownEmulator: boolean;
  /** Files of the process that needs the most. */
  readonly openFiles: number;
  /** Connections to the address that the most go to, those included whose ports rest after their end. */
  readonly ports: number;
}

const MIB = 1_024 ** 2;

/**
 * Resident memory of the processes of a run: for itself, and for each device in it. Measured with fleets of 15 and 600
 * cheese caves over MQTT on Node.js 20; what a model of one's own keeps comes on top.
 */
const MEMORY = {
  run: { own: 100 * MIB, device: 0.04 * MIB },
  worker: { own: 125 * MIB, device: 0.22 * MIB },
  emulator: { own: 115 * MIB, device: 0.14 * MIB },
} as const;

/** The widest range that a system can be set to without the ports below 1024. */
const PORTS_MOST = 64_512;

/** What a run needs of this machine, and what to change where the machine has less. */
export function machineNeeds(fleet: FleetSize, machine: MachineLimits): readonly MachineNeed[] {
  const emulator = fleet.ownEmulator;
  const need = (
    given: Pick<MachineNeed, "resource" | "of" | "needed">,
    available: number | undefined,
    mend: string,
  ): MachineNeed => ({
    ...given,
    available: available ?? null,
    mend: available === undefined || given.needed <= available ? null : mend,
  });
  return [
    need(
      { resource: "memory", of: "all processes together", needed: memoryBytes(fleet) },
      machine.memoryBytes,
      emulator
        ? "run fewer devices, or the emulator on another machine (emulator --host, run --emulator FILE)"
        : "run fewer devices here, and the others from another machine",
    ),
    need(
      {
        resource: "openFiles",
        of: emulator ? "the emulator" : "each worker",
        needed: fleet.openFiles,
      },
      machine.openFiles,
      "raise the hard limit (ulimit -Hn)",
    ),
    need(
      { resource: "ports", of: "connections to one address", needed: fleet.ports },
      machine.ports,
      fleet.ports > PORTS_MOST
        ? "no machine has as many: run fewer devices here, and the others from another machine"
        : 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
    ),
  ];
}

function memoryBytes({ devices, workers, ownEmulator }: FleetSize): number {
  const { run, worker, emulator } = MEMORY;
  const own = run.own + workers * worker.own + (ownEmulator ? emulator.own : 0);
  const device = run.device + worker.device + (ownEmulator ? emulator.device : 0);
  return Math.round(own + devices * device);
}
