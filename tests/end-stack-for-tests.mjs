/** Jest's globalTeardown: ends the stack that the globalSetup started, if it did. */
export default async function endStackForTests() {
  await globalThis.endStackForTests?.();
}
