import type { Supervisor } from "../supervisor/supervisor.ts";

/**
 * Starts the worker processes; a stop that comes meanwhile ends them.
 *
 * @throws {FleetError} where they cannot start; the signal's reason where that aborted
 */
export async function startUnlessStopped(
  supervisor: Pick<Supervisor, "start" | "stop">,
  stop: AbortSignal,
): Promise<void> {
  const stopEarly = (): void => void supervisor.stop();
  stop.addEventListener("abort", stopEarly, { once: true });
  try {
    await supervisor.start();
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  } finally {
    stop.removeEventListener("abort", stopEarly);
  }
}
