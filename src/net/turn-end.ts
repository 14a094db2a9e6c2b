/**
 * The end of a turn of the event loop: everything that was ready has been read. Only then is anything written, so that a peer that sleeps is woken
 * once for all that a turn has for it and its neighbours, not once for each read; and only when that is written comes what no peer waits for:
 * records are made here. One per thread, as the event loop is.
 */

/** Who has something to write. */
export interface Writing {
  flush(): void;
}

let writing: Writing[] = [];
let tasks: (() => void)[] = [];
let isScheduled = false;

/** Calls `flush` once when this turn's reads are through. */
export function writeAtTurnEnd(queue: Writing): void {
  writing.push(queue);
  schedule();
}

/** Calls `task` when this turn's writes are through. */
export function afterWrites(task: () => void): void {
  tasks.push(task);
  schedule();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(endTurn);
}

function endTurn(): void {
  isScheduled = false;
  const queues = writing;
  const due = tasks;
  writing = [];
  tasks = [];
  let written = 0;
  let done = 0;
  try {
    for (; written < queues.length; written++) queues[written]!.flush();
    for (; done < due.length; done++) due[done]!();
  } finally {
    // One that fails takes nobody else with it.
    if (written < queues.length) writing = [...queues.slice(written + 1), ...writing];
    if (done < due.length) tasks = [...due.slice(written < queues.length ? 0 : done + 1), ...tasks];
    if (writing.length > 0 || tasks.length > 0) schedule();
  }
}
