import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Load, SubjectName, Verdict } from '../measurement.ts';

/** One figure of a measurement: where a budget finds a part of its value. */
export interface BudgetPart {
  /** Path within a `Measurement` (`cpu.byThread.data`, `extra.rssGrowthBytes`), or `memory.rssSteadyBytes`, which `evaluate` derives. */
  readonly metric: string;
  readonly subject: SubjectName;
  readonly scenario: string;
  /** `any` where the scenario has one load only and it does not matter which. */
  readonly load: Load['kind'] | 'any';
}

/** A line of `budgets/*.json`: how much a figure may be, and how it comes from measurements. Limits as in `Verdict`. */
export interface Budget extends Pick<Verdict, 'what' | 'unit' | 'must' | 'aim' | 'direction'> {
  readonly name: string;
  readonly value: BudgetPart;
  /** The value is divided by this figure of the same repetition. */
  readonly dividedBy: BudgetPart | null;
  /** This figure of the same repetition is taken from the value. */
  readonly minus: BudgetPart | null;
}

type PeerInFile = Pick<BudgetPart, 'metric' | 'subject'> & Partial<BudgetPart>;
type BudgetInFile = Omit<Budget, 'dividedBy' | 'minus'> & { dividedBy?: PeerInFile; minus?: PeerInFile };

/** Budgets of one run of a single tool, held by that tool. */
const KEPT_ELSEWHERE = new Set(['delivery.json']);

/** The budgets of this folder, in the order of the files' names. Scenario and load of a peer are those of the value unless it says otherwise. */
export function readBudgets(folder: string = import.meta.dirname): readonly Budget[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !KEPT_ELSEWHERE.has(name))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as BudgetInFile[])
    .map((budget) => ({
      ...budget,
      dividedBy: budget.dividedBy === undefined ? null : { ...budget.value, ...budget.dividedBy },
      minus: budget.minus === undefined ? null : { ...budget.value, ...budget.minus },
    }));
}
