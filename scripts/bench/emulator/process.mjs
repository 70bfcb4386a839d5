// Processes of a bench that answer what they are asked over IPC: the server under test has one of its own.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts `name` of this folder; `ask` sends a question and gives its answer. */
export function startProcess(name, { execArgv = [], args = [] } = {}) {
  const file = fileURLToPath(new URL(`./${name}`, import.meta.url));
  const child = fork(file, args, { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const waiting = new Map();
  let last = 0;
  child.on("message", ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(`${name}: ${error}`));
  });
  child.once("exit", (code, signal) => {
    for (const { reject } of waiting.values())
      reject(new Error(`${name} ended: ${code ?? signal}`));
  });
  return {
    ask: (question, details = {}) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, question, details });
      }),
    end: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", resolve);
        child.disconnect();
      }),
  };
}

/** The other side: answers each question by the function of its name, and ends with its parent. */
export function answerQuestions(questions) {
  process.on("disconnect", () => process.exit(0));
  process.on("message", ({ id, question, details }) => {
    void Promise.resolve()
      .then(() => questions[question](details))
      .then(
        (given) => process.send({ id, answer: given ?? null }),
        (error) => process.send({ id, error: error.stack }),
      );
  });
}
