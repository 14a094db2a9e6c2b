/** One line of a page of Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusPage {
  readonly types: ReadonlyMap<string, string>;
  readonly help: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

/**
 * Reads exposition format 0.0.4, strictly: throws where Prometheus would refuse the page, and also where a family is torn apart, a sample has no
 * type, or comes twice.
 */
export function parsePrometheusText(text: string): PrometheusPage {
  const types = new Map<string, string>();
  const help = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let family = '';
  const done = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.slice(0, -1).split('\n')) {
    const meta = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line);
    if (meta !== null) {
      const [, word, name, rest] = meta as unknown as [string, string, string, string];
      if (name !== family) {
        if (done.has(name)) throw new Error(`${name} is torn apart`);
        family = name;
        done.add(name);
      }
      if (word === 'HELP') help.set(name, unescape(rest, /\\(\\|n)/g));
      else if (!/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`unknown type: ${line}`);
      else if (types.has(name)) throw new Error(`two types: ${line}`);
      else types.set(name, rest);
      continue;
    }
    const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)$/s.exec(line);
    if (parts === null) throw new Error(`no sample: ${JSON.stringify(line)}`);
    const [, name, braces = '{}', number] = parts as unknown as [string, string, string | undefined, string];
    const base = types.get(family) === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name;
    if (base !== family) throw new Error(`a sample outside its family: ${line}`);
    const labels = readLabels(braces);
    const key = `${name}${JSON.stringify(labels, Object.keys(labels).sort())}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : Number(number);
    if (Number.isNaN(value) && number !== 'NaN') throw new Error(`no number: ${line}`);
    samples.push({ name, labels, value });
  }
  return { types, help, samples };
}

function readLabels(braces: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|\})/y;
  let at = 1;
  if (braces === '{}') return labels;
  for (;;) {
    pair.lastIndex = at;
    const found = pair.exec(braces);
    if (found === null) throw new Error(`no label at ${at} of ${braces}`);
    const [, name, value, end] = found as unknown as [string, string, string, string];
    if (Object.hasOwn(labels, name)) throw new Error(`label ${name} twice`);
    labels[name] = unescape(value, /\\(["\\n])/g);
    at = pair.lastIndex;
    if (end === '}') break;
  }
  if (at !== braces.length) throw new Error(`more after the labels: ${braces}`);
  return labels;
}

function unescape(text: string, pattern: RegExp): string {
  return text.replaceAll(pattern, (_all, one: string) => (one === 'n' ? '\n' : one));
}
