import type { Problem } from "../base/errors.ts";
import { FAULT_DEVICES_MAX } from "../base/fault-fields.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { HubAction } from "../scenario/service-actions.ts";
import type { ServiceFaultAction } from "../scenario/service-fault.ts";
import type { FaultyModel } from "./fault-problems.ts";
import type { DeviceSpec } from "./plan.ts";
import type { PlannedAction } from "./planned-action.ts";

type Fleet = readonly Pick<DeviceSpec, "registrationId" | "model" | "credentials" | "hub">[];

/**
 * What actions ask of services that these cannot do, or that could be understood in two ways.
 *
 * @param modelOf the model of that name; undefined = its kinds of faults are not known
 */
export function serviceProblems(
  {
    target,
    provisioning,
  }: Pick<Scenario, "target"> & {
    readonly provisioning: Pick<Scenario["provisioning"], "group">;
  },
  actions: readonly PlannedAction[],
  fleet: Fleet,
  modelOf: (model: string) => FaultyModel | undefined,
): Problem[] {
  return actions.flatMap(({ action, index, selection: { ids } }): readonly Problem[] => {
    const place = `timeline[${index}]`;
    switch (action.kind) {
      case "serviceFault":
        return [
          ...(target === "azure" ? [notInAzure(`${place}.fault`, action)] : []),
          ...faultProblems(`${place}.fault`, action, { ids, fleet, modelOf }),
        ];
      case "hub":
        return target === "azure" ? [linkByHand(`${place}.hub`, action)] : [];
      case "message":
        return target === "azure" ? [sendByHand(`${place}.message`)] : [];
      case "enrollment":
        if (action.devices !== undefined || provisioning.group !== undefined) return [];
        return [
          {
            place: `${place}.enrollment`,
            message: "expected devices with individual enrollments, got none: there is no group",
            hint: "say whose: devices, or set provisioning.group",
          },
        ];
      case "renew":
        return renewProblems(`${place}.renew.devices`, ids, fleet);
      case "twin":
      case "method":
      case "identity":
      case "fault":
      case "endFault":
      case "stop":
      case "start":
      case "churn":
      case "mark":
        return [];
      default:
        return action satisfies never;
    }
  });
}

const notInAzure = (place: string, { fault: { kind } }: ServiceFaultAction): Problem => ({
  place,
  message: `expected a fault of devices against Azure, got ${kind}: only an emulator can have it`,
  hint: "run it with --target emulator, or take it out of the timeline",
});

/** Source: Microsoft Learn, Azure CLI reference, "az iot dps linked-hub". */
function linkByHand(place: string, { host, does }: HubAction): Problem {
  const [name = host] = host.split(".");
  const command =
    does === "unlink"
      ? `az iot dps linked-hub delete --dps-name DPS --linked-hub ${host}`
      : `az iot dps linked-hub create --dps-name DPS --hub-name ${name}`;
  return {
    place,
    message: `expected no hub to ${does} against Azure, got ${host}: a run has no right to that`,
    hint: `by hand, while the run goes on: ${command}`,
  };
}

/** Source: Microsoft Learn, "Send cloud-to-device messages": the service side is AMQP. */
const sendByHand = (place: string): Problem => ({
  place,
  message: "expected no cloud-to-device messages against Azure: its hubs take them over AMQP alone",
  hint: "by hand, while the run goes on: az iot device c2d-message send --hub-name HUB --device-id ID --data TEXT",
});

function faultProblems(
  place: string,
  { fault: { kind } }: ServiceFaultAction,
  given: {
    readonly ids: readonly string[];
    readonly fleet: Fleet;
    readonly modelOf: (model: string) => FaultyModel | undefined;
  },
): readonly Problem[] {
  const { ids, fleet, modelOf } = given;
  const problems: Problem[] = [];
  if (ids.length > FAULT_DEVICES_MAX) {
    problems.push({
      place: `${place}.devices`,
      message: `expected at most ${FAULT_DEVICES_MAX} devices, got ${ids.length}`,
      hint: "leave devices out: the fault is for all then",
    });
  }
  const named = new Set(ids);
  const models = new Set(
    fleet.flatMap(({ registrationId, model }) => (named.has(registrationId) ? [model] : [])),
  );
  const twofold = [...models].find((model) => Object.hasOwn(modelOf(model)?.faults ?? {}, kind));
  if (twofold !== undefined) {
    problems.push({
      place: `${place}.kind`,
      message: `${kind} is a fault of services and networks, and ${twofold} has one of this name`,
      hint: `call the model's another name; it can stay under faults of a fleet entry`,
    });
  }
  return problems;
}

/** Only what the run issues itself, in PEM and without a passphrase, can it issue anew. */
function renewProblems(place: string, ids: readonly string[], fleet: Fleet): readonly Problem[] {
  const wanted = new Set(ids);
  const others = fleet.filter(({ registrationId, credentials, hub }) => {
    const { format } = credentials;
    const isIssued =
      format === "pem" &&
      credentials.files === undefined &&
      credentials.passphrase === undefined &&
      hub === undefined;
    return wanted.has(registrationId) && !isIssued;
  });
  const [first] = others;
  if (first === undefined) return [];
  const more = others.length === 1 ? "" : ` and ${others.length - 1} more`;
  return [
    {
      place,
      message: `expected devices whose certificates the run issues as PEM, got ${first.registrationId}${more}`,
      hint: "renew others with certs renew; running devices take what is written",
    },
  ];
}
