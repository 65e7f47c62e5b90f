const FOR_READERS = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'responses',
  'tags',
  'info',
  'servers',
]);

/** The contract without what only its readers need: a function checks requests, and loads no text for it. */
export function requestSideOf(contract: unknown, within = ''): unknown {
  if (Array.isArray(contract)) return contract.map((item: unknown) => requestSideOf(item));
  if (typeof contract !== 'object' || contract === null) return contract;
  // Below `properties` stand the names of fields, whatever they are.
  const kept = Object.entries(contract).filter(([name]) => within === 'properties' || !FOR_READERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, requestSideOf(value, name)]));
}
