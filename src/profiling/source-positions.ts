import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type CallFrame, type CpuProfile, framesOf, type HeapProfile } from './v8-profile.ts';

/** Of a script, at its end. */
const MAP_REFERENCE = /\/\/# sourceMappingURL=([^\s:]+)\s*$/;

/**
 * Puts the names and places of the sources where a profile has those of a bundle, as far as source maps lie beside the scripts. Changes the
 * profile.
 */
export function resolvePositions(profile: CpuProfile | HeapProfile): void {
  const scripts = new Map<string, Script | null>();
  const scriptOf = ({ url }: CallFrame): Script | null => {
    if (!url.startsWith('file:')) return null;
    let script = scripts.get(url);
    if (script === undefined) scripts.set(url, (script = readScript(fileURLToPath(url))));
    return script;
  };
  // A line of a bundle is many lines of sources: nothing can be said of those.
  if ('nodes' in profile)
    for (const node of profile.nodes) if (scriptOf(node.callFrame) !== null) delete node.positionTicks;
  for (const frame of framesOf(profile)) {
    const script = scriptOf(frame);
    if (script !== null) resolveFrame(frame, script);
  }
}

interface Script {
  readonly lines: readonly string[];
  readonly map: SourceMap;
  /** Where the sources of the map start from. */
  readonly folder: string;
}

/** Null for a script without a map, or whose files are gone. */
function readScript(file: string): Script | null {
  try {
    const text = readFileSync(file, 'utf8');
    const reference = MAP_REFERENCE.exec(text.slice(-1024));
    if (reference === null) return null;
    const mapFile = path.resolve(path.dirname(file), reference[1]!);
    const payload = JSON.parse(readFileSync(mapFile, 'utf8')) as SourceMapPayload;
    return { lines: text.split('\n'), map: new SourceMap(payload), folder: path.dirname(mapFile) };
  } catch {
    return null;
  }
}

function resolveFrame(frame: CallFrame, script: Script): void {
  const entry = entryAt(script, frame.lineNumber, frame.columnNumber);
  if (entry === null) return;
  frame.functionName = nameOf(frame, entry, script);
  frame.url = pathToFileURL(path.resolve(script.folder, entry.source)).href;
  frame.lineNumber = entry.line;
  frame.columnNumber = entry.column;
}

interface Entry {
  /** Where the mapping begins in the script. */
  readonly scriptColumn: number;
  readonly source: string;
  readonly line: number;
  readonly column: number;
  /** What stands there in the source, where a minifier gave it another name. */
  readonly name: string | null;
}

function entryAt({ map }: Script, line: number, column: number): Entry | null {
  const entry = map.findEntry(line, column);
  if (!('originalSource' in entry) || !entry.originalSource) return null;
  return {
    scriptColumn: entry.generatedColumn,
    source: entry.originalSource,
    line: entry.originalLine,
    column: entry.originalColumn,
    // The typings know nothing of it.
    name: (entry as { name?: string }).name ?? null,
  };
}

/** V8 places a function at the parenthesis of its parameters: the mapping before it is of its name, where it has one. */
function nameOf({ functionName, lineNumber, columnNumber }: CallFrame, entry: Entry, script: Script): string {
  const line = script.lines[lineNumber] ?? '';
  const before = line.slice(entry.scriptColumn, columnNumber);
  if (before === functionName) return entry.name ?? functionName;
  // A constructor has the name of its class.
  if (before !== 'constructor' || !/^[\w$]+$/.test(functionName)) return functionName;
  const name = functionName.replaceAll('$', '\\$');
  const declared = new RegExp(`(?<![\\w$.])${name}(?==class\\b)|(?<=\\bclass )${name}(?![\\w$])`).exec(line);
  if (declared === null) return functionName;
  const classEntry = entryAt(script, lineNumber, declared.index);
  return classEntry?.scriptColumn === declared.index ? (classEntry.name ?? functionName) : functionName;
}
