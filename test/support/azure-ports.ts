import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

async function canBind(port: number, address: string): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, address, () => {
      const bound: AddressInfo | string | null = server.address();
      server.close(() => resolve(bound !== null));
    });
  });
}

/** Whether an emulator could listen where clients of Azure call: 443 wants a privilege on most machines. */
export const azurePortsAreFree = async (address: string): Promise<boolean> =>
  (await canBind(443, address)) && (await canBind(8883, address));
