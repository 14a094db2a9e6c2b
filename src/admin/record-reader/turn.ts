/** What a question that is being answered needs next: another turn soon, or one when there are rows after this one or the time is over. */
export type Turn = 'go-on' | { readonly afterRow: number; readonly untilMs: number };

/** The work on a question, in steps of some milliseconds. */
export type Turns<T> = Generator<Turn, T>;
