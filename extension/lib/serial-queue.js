/** Runs asynchronous tasks one at a time, in the order in which they were added. */
export class SerialQueue {
  #last = Promise.resolve();

  /** Runs `task` after all earlier ones. Its error reaches the caller and stops no later task. */
  run(task) {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}
