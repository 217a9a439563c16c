/**
 * Whose coverage tap measures: all of lib/ under every test, processes that a test starts included. A map from each
 * test to its namesake alone would add nothing, for the report is the sum over all tests.
 */

/** Tests that read or install lib/ instead of loading it. */
const LOAD_NOTHING = ['test/layers.test.ts', 'test/package.test.ts']

/** tap takes null for no file, else patterns. Without a map it would count test helpers and scripts too. */
export default (test) => (LOAD_NOTHING.includes(test) ? null : 'lib/**/*.ts')
