/** Tasks that must not run into each other: each begins when the one before has ended. */
export class Line {
  #last = Promise.resolve();

  /** Runs `task` when its turn comes; gives its result or its error, which stops nobody else. */
  run(task) {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}
