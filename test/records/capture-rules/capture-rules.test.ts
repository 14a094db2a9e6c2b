import test from 'ava';
import fc from 'fast-check';
import { GatewayAnswer } from '../../../src/codecs/http1/gateway-answer.ts';
import { RequestHead, ResponseHead } from '../../../src/codecs/http1/head.ts';
import { CaptureRules } from '../../../src/records/capture-rules/capture-rules.ts';
import { matchesGlob } from '../../../src/records/capture-rules/glob.ts';
import { parseCaptureRule, ruleWords } from '../../../src/records/capture-rules/parse-capture-rule.ts';
import { requestedPath } from '../../../src/records/capture-rules/requested-path.ts';

const rulesOf = (texts: readonly string[], fraction = (): number => 0): CaptureRules =>
  new CaptureRules(
    texts.map((text) => parseCaptureRule(ruleWords(text, 'test'))),
    fraction,
  );

/** Which rule decides, and when: `name@request`, `name@answer`, `name@end`; `-` for none. */
function verdict(
  texts: readonly string[],
  [method, path, headers = {}]: [string, string, Record<string, string>?],
  answer: [number, string?] | GatewayAnswer | null = [200, 'text/plain'],
  fraction?: () => number,
): string {
  const decision = rulesOf(texts, fraction).decide(
    new RequestHead(method, path, 'HTTP/1.1', Object.entries(headers).flat()),
  );
  const told = (when: string): string => `${decision.rule?.name ?? '-'}@${when}`;
  if (decision.isMade) return told('request');
  if (answer !== null) {
    decision.atAnswer(
      Array.isArray(answer)
        ? new ResponseHead(
            'HTTP/1.1',
            answer[0],
            '',
            answer[1] === undefined ? [] : ['Content-Type', answer[1]],
          )
        : answer,
    );
    return told('answer');
  }
  decision.atEnd();
  return told('end');
}

test('the first rule that matches decides, as early as it can', (t) => {
  const rules = [
    'full status>=500',
    'heads path=/upload/* name=uploads',
    'count method=GET response-type=image/*',
  ];
  t.is(verdict(rules, ['PUT', '/upload/a'], [503]), 'full status>=500@answer');
  t.is(verdict(rules, ['PUT', '/upload/a']), 'uploads@answer');
  t.is(verdict(rules, ['PUT', '/upload/a'], null), 'uploads@end');
  t.is(verdict(rules.slice(1), ['PUT', '/upload/a?b=c']), 'uploads@request');
  t.is(
    verdict(rules, ['GET', '/a'], [200, 'Image/PNG; a=b']),
    'count method=GET response-type=image/*@answer',
  );
  t.is(verdict(rules, ['GET', '/a'], [200, 'text/html']), '-@answer');
  t.is(verdict(rules, ['GET', '/a'], new GatewayAnswer(502, 'x', 'y', false)), 'full status>=500@answer');
  t.is(verdict(rules, ['GET', '/a'], null), '-@end');
  t.is(
    verdict(['off request-type=application/x-*'], ['POST', '/', { 'Content-Type': 'Application/X-Y' }]),
    'off request-type=application/x-*@request',
  );
  t.is(verdict(['off'], ['GET', '/']), 'off@request');
});

test('statuses', (t) => {
  const is = (condition: string, status: number): boolean =>
    verdict([`off ${condition} name=it`], ['GET', '/'], [status]).startsWith('it');
  t.deepEqual(
    [200, 299, 300].map((status) => is('status=2xx', status)),
    [true, true, false],
  );
  t.deepEqual(
    [404, 500, 503, 504].map((status) => is('status=404,500-503', status)),
    [true, true, true, false],
  );
  t.deepEqual(
    [399, 400, 499, 500].map((status) => is('status>=400 status<500', status)),
    [false, true, true, false],
  );
  t.deepEqual(
    [399, 400].map((status) => is('status>399', status)),
    [false, true],
  );
  t.deepEqual(
    [399, 400].map((status) => is('status<=399', status)),
    [true, false],
  );
});

test('health checks by path or agent, and nothing that carries more', (t) => {
  const is = (method: string, path: string, headers: Record<string, string> = {}): boolean =>
    verdict(['count health'], [method, path, headers]) === 'count health@request';
  t.true(is('GET', '/healthz'));
  t.true(is('HEAD', '/actuator/health/liveness'));
  for (const agent of ['kube-probe/1.33', 'ELB-HealthChecker/2.0', 'GoogleHC/1.0', 'Consul Health Check'])
    t.true(is('GET', '/', { 'User-Agent': agent }), agent);
  t.false(is('GET', '/', { 'User-Agent': 'curl/8 kube-probe/1.33' }));
  t.false(is('POST', '/healthz'));
  t.false(is('GET', '/healthz?a=1'));
  t.false(is('GET', '/orders', { 'User-Agent': 'kube-probe/1', Authorization: 'x' }));
  t.false(is('GET', '/orders', { 'User-Agent': 'kube-probe/1', Cookie: 'x' }));
  t.false(is('GET', '/healthz', { 'Content-Length': '5' }));
});

test('a path that servers could read differently is never left out', (t) => {
  for (const path of [
    '/upload/../admin',
    '/upload/%2e%2e/admin',
    '/upload//a',
    '/upload/..;/admin',
    '/upload/a%2Fb',
    '/upload/a\\b',
    '/upload/.',
  ])
    t.is(verdict(['full path=/admin*', 'off path=/upload/*', 'off'], ['GET', path]), '-@request', path);
  t.is(verdict(['off path=/upload/*'], ['GET', 'http://x/upload/a?b=/../']), 'off path=/upload/*@request');
  t.is(requestedPath('http://x'), '/');
  t.is(requestedPath('/a/...'), '/a/...');
  t.is(requestedPath('/.well-known/x'), '/.well-known/x');
});

test('a sample is drawn once for an exchange', (t) => {
  let drawn = 0;
  const draw = (value: number) => () => {
    drawn++;
    return value;
  };
  const rules = [
    'full path=/a sample=0.25 name=some',
    'full sample=0.5 status=200 name=more',
    'count name=rest',
  ];
  t.is(verdict(rules, ['GET', '/a'], [200], draw(0.2)), 'some@request');
  t.is(verdict(rules, ['GET', '/a'], [200], draw(0.25)), 'more@answer');
  t.is(verdict(rules, ['GET', '/a'], [200], draw(0.5)), 'rest@answer');
  t.is(drawn, 3);
});

test('globs: as the regular expression, in linear time', (t) => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
  const globs = fc
    .array(fc.oneof(letters, fc.constant('*')), { maxLength: 5 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(globs, letters, (glob, text) => {
      t.is(
        matchesGlob(glob, text),
        new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text),
        `${glob} ${text}`,
      );
    }),
    { numRuns: 2000 },
  );
  const began = performance.now();
  matchesGlob('*a'.repeat(50), 'a'.repeat(65_536) + 'b');
  t.true(performance.now() - began < 500);
});

test('mistakes are told with their place', (t) => {
  const message = (text: string): string =>
    t.throws(() => parseCaptureRule(ruleWords(text, '--capture-rule'))).message;
  t.is(
    message('some path=/a'),
    '--capture-rule, character 1: expected full, heads, count or off, got "some"',
  );
  t.regex(
    message('heads  pth=/a'),
    /^--capture-rule, character 8: expected a condition: method=.*got "pth=\/a"$/,
  );
  t.regex(message('heads path=a'), /character 7: expected paths .* got "a"$/);
  t.regex(message('heads path=/a?b'), /expected paths without a query/);
  t.regex(message('heads path=/a path=/b'), /character 15: expected path only once/);
  t.regex(message('heads status=99'), /expected status=404/);
  t.regex(message('heads status=500-400'), /expected status=404/);
  t.regex(message('heads status>=4xx'), /expected status=404/);
  t.regex(message('heads request-type=image'), /expected media types/);
  t.regex(message('heads sample=2'), /expected a share/);
  t.regex(message('heads name=a"b'), /expected a name/);
  t.regex(message('heads health=no'), /expected a condition/);
  t.regex(message('heads method='), /expected a condition/);
});
