/** Members that are gone and still hold a place; beyond it the places are given back. */
const GONE_MAX = 1024;

/** A queue whose members are numbered as they come, without gaps; a member keeps its number until it leaves. */
export class NumberedQueue<T extends object> {
  /** Members before `#head` are gone. */
  #members: (T | undefined)[] = [];
  #head = 0;
  #next: number;

  /** @param first the number of the first member */
  constructor(first: number) {
    this.#next = first;
  }

  /** Begins with another number; only where nothing is in it. */
  startAt(number: number): void {
    if (this.#head < this.#members.length) throw new RangeError("the queue is not empty");
    this.#next = number;
  }

  /** The number of the oldest member; `next` where there is none. */
  get first(): number {
    return this.#next - (this.#members.length - this.#head);
  }

  /** The number that the next member will get. */
  get next(): number {
    return this.#next;
  }

  push(member: T): void {
    this.#members.push(member);
    this.#next++;
  }

  /** Takes the oldest member out. */
  shift(): T | undefined {
    const oldest = this.#members[this.#head];
    if (oldest === undefined) return undefined;
    this.#members[this.#head] = undefined;
    this.#head++;
    if (this.#head > GONE_MAX && this.#head * 2 > this.#members.length) {
      this.#members = this.#members.slice(this.#head);
      this.#head = 0;
    }
    return oldest;
  }

  /** The member with a number; undefined where it is gone or has not come yet. */
  at(number: number): T | undefined {
    const index = this.#head + number - this.first;
    return index < this.#head ? undefined : this.#members[index];
  }

  /** The number of the oldest member for which `holds` is true; `next` where it is for none. */
  find(holds: (member: T) => boolean): number {
    const first = this.first;
    const index = this.#members.findIndex((member) => member !== undefined && holds(member));
    return index < 0 ? this.#next : first + index - this.#head;
  }
}
