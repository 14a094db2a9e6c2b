import test from 'ava';
import { globalCatalogue } from '../../../src/script/globals/index.ts';
import { valueOf } from '../../support/program.ts';

for (const { name, examples } of globalCatalogue)
  test(`the examples of ${name} give what they say`, (t) => {
    t.true(examples.length > 0);
    for (const { code, gives } of examples) t.is(valueOf(code), JSON.stringify(JSON.parse(gives)), code);
  });
