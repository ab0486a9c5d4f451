/** The number by which TypeScript's language service knows a diagnostic. */

/** Above all codes of TypeScript's errors, so that none of its own fixes is offered for ours. */
const first = 90_000;

/** GLIM1101 ⇒ 91101 */
export const pluginCode = (code: string): number => first + Number(code.slice("GLIM".length));
