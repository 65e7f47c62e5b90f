// The door of every npm script: `node scripts/run.mjs COMMAND [ARGUMENT ...]`. It installs what the command needs
// where that is not there, then runs scripts/COMMAND.ts. Until then it uses Node's own modules only.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_NODE = [20, 19];
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
// `npm start` needs neither the test tools nor the linters.
const WITHOUT_DEV_DEPENDENCIES = new Set(['start', 'build']);

const [command = '', ...parameters] = process.argv.slice(2);
if (!existsSync(join(root, 'scripts', `${command}.ts`))) fail(`There is no command "${command}"`);
checkNode();
installDependencies(!WITHOUT_DEV_DEPENDENCIES.has(command));
process.chdir(root);
const { register } = await import('tsx/esm/api');
register();
const { main } = await import(pathToFileURL(join(root, 'scripts', `${command}.ts`)).href);
await main(parameters);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(
    `Node ${OLDEST_NODE.join('.')} or newer is needed, and this is ${process.versions.node}: https://nodejs.org`,
  );
}

function installDependencies(withDev) {
  if (isInstalled(withDev)) return;
  console.log('Installing the dependencies (once) …');
  const npm = npmCommand();
  // What is there already stays, for a running stack may have it loaded, and Windows deletes no loaded file.
  const install = existsSync(join(root, 'node_modules')) ? ['install', '--no-save'] : ['ci'];
  const { status, error } = spawnSync(
    npm.file,
    [...npm.arguments, ...install, '--no-progress', withDev ? '--include=dev' : '--omit=dev'],
    {
      cwd: root,
      // npm's own words go to the error output, so that a command's output stays its own.
      stdio: ['ignore', process.stderr, process.stderr],
      shell: npm.shell,
    },
  );
  if (status !== 0)
    fail(`npm could not install the dependencies${error ? ` (${error.message})` : ''}; see above`);
}

/** Whether npm's record of what it installed has each package of the lock file that is needed, in its version. */
function isInstalled(withDev) {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, dev, optional, devOptional }]) => {
    const isNeeded = path !== '' && !optional && (withDev || !(dev || devOptional));
    return !isNeeded || installed[path]?.version === version;
  });
}

function packagesIn(lockFile) {
  const path = join(root, lockFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Windows can't spawn npm.cmd, so npm runs through Node where its script can be found. */
function npmCommand() {
  const node = dirname(process.execPath);
  const scripts = [
    process.env.npm_execpath ?? '',
    join(node, 'node_modules/npm/bin/npm-cli.js'),
    join(node, '../lib/node_modules/npm/bin/npm-cli.js'),
  ];
  const script = scripts.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
  if (script) return { file: process.execPath, arguments: [script], shell: false };
  return { file: 'npm', arguments: [], shell: true };
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
