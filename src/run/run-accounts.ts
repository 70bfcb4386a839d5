import type { RunEvent } from "../output/output.ts";
import { RunCourse } from "../report/html/run-course.ts";
import { ArrivalAccount } from "../results/arrival-account.ts";
import { ControlAccount } from "../results/control-account.ts";
import { TimelineAccount } from "../results/timeline-account.ts";
import { TwinAccount } from "../results/twin-account.ts";

/** What the results have of a run by its events alone, whoever recorded them. */
export class RunAccounts {
  readonly arrival = new ArrivalAccount();
  readonly timeline = new TimelineAccount();
  readonly control = new ControlAccount();
  readonly twins = new TwinAccount();
  readonly course = new RunCourse();

  /** Takes every event of the run, in their order. */
  observe(event: RunEvent): void {
    this.arrival.observe(event);
    this.timeline.observe(event);
    this.control.observe(event);
    this.twins.observe(event);
    this.course.emit(event);
  }
}
