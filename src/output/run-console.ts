/** What a run tells beside its events: the steps before time 0, and what a user should know once. */
export interface RunConsole {
  phase(text: string): void;
  /** Progress of the current step, told as often as one likes: it is shown now and then, and not at all if it is soon done. */
  progress(text: string, done: number, total: number): void;
  /** What goes on for the moment, in place of what was told so before: on a terminal only. @param text undefined = nothing */
  status(text: string | undefined): void;
  /** Told once, however often it is called with the same text. */
  warning(text: string): void;
}
