import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'ava';

test('the style sheet and the list of lines agree on the height of a line', (t) => {
  const folder = path.join(import.meta.dirname, '../../../../src/admin/ui');
  const style = readFileSync(path.join(folder, 'style/program.css'), 'utf8');
  const view = readFileSync(path.join(folder, 'program/console-lines.tsx'), 'utf8');
  t.is(/\.console-line \{[^}]*?\bheight: (\d+)px/.exec(style)?.[1], /ROW_HEIGHT = (\d+);/.exec(view)?.[1]);
});
