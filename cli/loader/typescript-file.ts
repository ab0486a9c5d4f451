/** Says which files are models and their modules. */

export function isTypeScriptFile(file: string): boolean {
  return /(?<!\.d)\.(?:ts|mts|tsx)$/.test(file);
}
