import type { X509Certificate } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

import pLimit from "p-limit";

import type { CertsLayout } from "../../pki/layout.ts";
import { presentCas, readStoredCas } from "../../pki/stored-ca.ts";
import type { EnrollmentFacts, KnownCa, SeenFailure } from "./device-facts.ts";
import type { Judgement } from "./judge-device.ts";
import { judgeDevice } from "./judge-device.ts";
import type { FileSecrets } from "./read-device-files.ts";
import { readDeviceFiles } from "./read-device-files.ts";
import type { ServiceFacts } from "./service-facts.ts";
import { caFacts } from "./service-facts.ts";

export interface ExplainOptions {
  readonly registrationIds: readonly string[];
  readonly layout: CertsLayout;
  readonly secrets: FileSecrets;
  /** Whom to ask; undefined = nobody. */
  readonly service: Pick<ServiceFacts, "enrollment" | "hub"> | undefined;
  /** The CA of the group, and its file, where nobody is asked. */
  readonly groupCertificate?:
    { readonly certificate: X509Certificate; readonly file: string } | undefined;
  /** What a run saw, by registration id. */
  readonly seen: ReadonlyMap<string, SeenFailure>;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** Told how many are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Devices that are asked about at a time. */
const AT_A_TIME = 8;

/**
 * Finds for each device the link that keeps it out, in the order of the ids.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE` where a service does not answer; the signal's reason
 */
export async function explainDevices(options: ExplainOptions): Promise<readonly Judgement[]> {
  const { registrationIds, layout, secrets, service, seen, now, signal, onProgress } = options;
  const known = knownCas(layout);
  const offline = offlineEnrollment(options.groupCertificate);
  const limit = pLimit(AT_A_TIME);
  let done = 0;
  const explain = async (registrationId: string): Promise<Judgement> => {
    signal?.throwIfAborted();
    const [files, enrollment, hub] = await Promise.all([
      readDeviceFiles(layout, registrationId, secrets),
      service?.enrollment(registrationId),
      service?.hub(registrationId),
    ]);
    done += 1;
    onProgress?.(done, registrationIds.length);
    await nextTurn();
    return judgeDevice({
      registrationId,
      files,
      known,
      enrollment: enrollment ?? offline,
      hub,
      seen: seen.get(registrationId),
      now,
    });
  };
  return Promise.all(registrationIds.map((id) => limit(() => explain(id))));
}

function knownCas(layout: CertsLayout): readonly KnownCa[] {
  return presentCas(readStoredCas(layout)).flatMap(({ certificate, certFile }) =>
    certificate === undefined ? [] : [{ certificate, file: certFile }],
  );
}

function offlineEnrollment(given: ExplainOptions["groupCertificate"]): EnrollmentFacts | undefined {
  if (given === undefined) return undefined;
  const { certificate, file } = given;
  const group = {
    id: file,
    isEnabled: true,
    attestation: "x509" as const,
    cas: [caFacts(certificate)],
    unknownCas: [],
  };
  return { individual: undefined, groups: [group] };
}
