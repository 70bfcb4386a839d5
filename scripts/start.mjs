/** `npm start`: sets up, then runs the program in this process, so that signals and exit codes are its own. */
await import("./setup.mjs");
await import("../dist/src/main.js");
