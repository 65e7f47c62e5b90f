// Lets Jest import a YAML file as the bundler does (scripts/build.ts).
import { parse } from 'yaml';

export default {
  process: (source) => ({ code: `export default ${JSON.stringify(parse(source))};` }),
};
