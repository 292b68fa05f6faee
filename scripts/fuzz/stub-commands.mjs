/**
 * Puts a file in the place of every command: what is typed is read, and nothing is carried out.
 * @param {string} stub absolute path
 * @returns {import("esbuild").Plugin}
 */
export function stubCommands(stub) {
  return {
    name: "stub-commands",
    setup({ onResolve }) {
      onResolve({ filter: /(^|\/)(commands\/[\w-]+|run\/shimmed)\.ts$/ }, () => ({ path: stub }));
    },
  };
}
