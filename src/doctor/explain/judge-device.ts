import type { DeviceFacts } from "./device-facts.ts";
import { judgeChain } from "./judge-chain.ts";
import { judgeGroup, judgeIndividual, unasked } from "./judge-enrollment.ts";
import { judgeHub } from "./judge-hub.ts";
import { judgeLeaf } from "./judge-leaf.ts";
import type { Fault, Link } from "./link.ts";

/** What keeps a device out, as far as can be told. */
export interface Judgement {
  readonly registrationId: string;
  /** From the leaf upwards; those behind the first that fails are what is known of them. */
  readonly links: readonly Link[];
  /** Of the first link that fails; undefined = none does. */
  readonly fault: Fault | undefined;
}

/** Finds the link that fails, from the device's leaf to its hub. Pure; never throws. */
export function judgeDevice(facts: DeviceFacts): Judgement {
  const links = linksOf(facts);
  const fault = links.find(({ state }) => state === "fail")?.fault;
  return { registrationId: facts.registrationId, links, fault };
}

function linksOf(facts: DeviceFacts): readonly Link[] {
  const leaf = judgeLeaf(facts);
  const hub = facts.hub === undefined ? [] : [judgeHub(facts.hub, facts)];
  const { enrollment } = facts;
  if (facts.files.chain.length === 0) return [leaf, ...hub];
  if (enrollment === undefined)
    return [leaf, ...judgeChain(facts, undefined).links, unasked(), ...hub];
  const { individual, groups } = enrollment;
  if (individual !== undefined) return [leaf, judgeIndividual(individual, facts), ...hub];
  const chain = judgeChain(facts, groups);
  const group = chain.group === undefined ? [] : [judgeGroup(chain.group, facts)];
  return [leaf, ...chain.links, ...group, ...hub];
}
