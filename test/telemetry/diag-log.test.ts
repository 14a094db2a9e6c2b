import test from 'ava';
import { DiagLog } from '../../src/telemetry/diag-log.ts';

function told(): { log: DiagLog; lines: string[]; wait: (ms: number) => void } {
  const lines: string[] = [];
  let now = 0;
  const log = new DiagLog({ write: (level, message) => void lines.push(`${level} ${message}`) }, () => now);
  return { log, lines, wait: (ms) => (now += ms) };
}

test('of an error what it says and its code, not its stack nor what was answered', (t) => {
  const { log, lines } = told();
  log.error(
    JSON.stringify({
      stack: 'OTLPExporterError: Bad Request\n at x',
      message: 'Bad Request',
      code: '400',
      data: 'long',
    }),
  );
  log.warn('Received Partial Success response:', '{"rejectedDataPoints":"3"}');
  log.error('export failed', new Error('no way'));
  log.error('{not json');
  t.deepEqual(lines, [
    'error [otlp] Bad Request (400)',
    'warn [otlp] Received Partial Success response: {"rejectedDataPoints":"3"}',
    'error [otlp] export failed no way',
    'error [otlp] {not json',
  ]);
});

test('the same again only after a minute, and never much', (t) => {
  const { log, lines, wait } = told();
  log.error('refused');
  wait(59_000);
  log.error('refused');
  wait(2000);
  log.error('refused');
  log.error('x'.repeat(10_000));
  log.info();
  t.deepEqual(
    lines.map((line) => line.length),
    ['error [otlp] refused'.length, 'error [otlp] refused'.length, 'error [otlp] '.length + 300],
  );
});
