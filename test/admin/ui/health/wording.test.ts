import test from 'ava';
import {
  countOf,
  formatSpan,
  reasonInSentence,
  sinkInSentence,
  sinkTitle,
  stateInWords,
} from '../../../../src/admin/ui/health/wording.ts';
import { LANE_STATES } from '../../../../src/sinks/delivery/lane-state.ts';

test('spans of time, roughly', (t) => {
  t.is(formatSpan(-1), '0 s');
  t.is(formatSpan(12.4), '12 s');
  t.is(formatSpan(300), '5 min');
  t.is(formatSpan(3 * 3600), '3 h');
  t.is(formatSpan(3 * 86_400), '3 days');
  t.is(formatSpan(1e9), 'more than two months');
});

test('counts with their noun', (t) => {
  t.is(countOf(1, 'record'), '1 record');
  t.is(countOf(1_234_567, 'record'), '1,234,567 records');
  t.is(countOf(0, 'dead letter'), '0 dead letters');
});

test('every state of a lane has words', (t) => {
  for (const state of LANE_STATES) t.true(state === 'stopped' || stateInWords(state) !== state, state);
});

test('sinks at the start and within a sentence', (t) => {
  t.is(sinkTitle('store'), 'The store');
  t.is(sinkInSentence('store'), 'the store');
  t.is(sinkInSentence('elasticsearch'), 'Elasticsearch');
  t.is(sinkTitle('another'), 'The sink another');
});

test('a reason in a sentence is one bounded line without a full stop', (t) => {
  t.is(reasonInSentence('connection refused.\n  at somewhere'), 'connection refused');
  t.is(reasonInSentence('x'.repeat(500)).length, 200);
});
