/** The emulator's own paths, under every host name. */
export const ADMIN_PATH = "/emulator";
