import type { AccessPolicy } from "../access-policy.ts";
import { accessPolicyCodec } from "../access-policy-codec.ts";
import type { State } from "../state/state.ts";

/**
 * The policies of a hub: those that were kept, as they were, and behind them those of `first` with other names.
 *
 * @param place what the hub's state is kept under
 */
export function keptPolicies(
  state: State,
  place: string,
  first: readonly AccessPolicy[],
): readonly AccessPolicy[] {
  const table = state.table(`${place}/policies`, accessPolicyCodec);
  for (const policy of first) if (!table.has(policy.name)) table.set(policy.name, policy);
  return [...table.values()];
}
