import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { importAction } from "./import.ts";
import { intermediateAction } from "./intermediate.ts";
import { leafAction } from "./leaf.ts";
import { pfxAction } from "./pfx.ts";
import { renewAction } from "./renew.ts";
import { rootAction } from "./root.ts";
import { showAction } from "./show.ts";
import { verifyAction } from "./verify.ts";

/** `dps-fleet certs …`: the chain of trust in a folder. An action is a file; this one lists them. */
export function certsCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "certs",
    describe: "the certificates of a fleet: root, intermediates, devices",
    examples: [
      "root                                       once, to begin with",
      "intermediate                               signs the devices' certificates",
      "leaf --pattern 'cheesecave-device{1..30}'",
    ],
    actions: [
      rootAction(host),
      intermediateAction(host),
      leafAction(host),
      verifyAction(host),
      pfxAction(host),
      renewAction(host),
      showAction(host),
      importAction(host),
    ],
  });
}
