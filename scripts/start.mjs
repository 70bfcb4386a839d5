/** `npm start`: sets up, then runs the program in this process, so that signals and exit codes are its own. */
await import("./setup.mjs");
// Without a command, this is the demo.
if (process.argv.length === 2) process.argv.push("run");
await import("../dist/src/main.js");
