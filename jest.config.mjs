// Tests run as ES modules: `node --experimental-vm-modules`, which `npm test` passes.
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.yaml'],
  moduleFileExtensions: ['ts', 'mjs', 'cjs', 'js', 'json', 'yaml'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.local/'],
  transform: {
    '\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }],
    '\\.yaml$': '<rootDir>/scripts/yaml-transform.mjs',
  },
};

const suite = (name, folders) => ({
  ...shared,
  displayName: name,
  testMatch: folders.map((folder) => `<rootDir>/${folder}/**/*.test.ts`),
});

const onStack = {
  globalSetup: '<rootDir>/tests/stack-for-tests.mjs',
  globalTeardown: '<rootDir>/tests/end-stack-for-tests.mjs',
};

export default {
  // A server that a test left running must fail the run, not hang it.
  forceExit: false,
  testTimeout: 60_000,
  projects: [
    suite('unit', ['core', 'lambdas', 'local', 'scripts']),
    { ...suite('conformance', ['tests/conformance']), ...onStack },
    suite('e2e', ['tests/e2e']),
    { ...suite('clients', ['tests/clients']), ...onStack },
  ],
};
