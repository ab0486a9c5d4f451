/** Symbols by which the compiler knows values of the runtime, without importing their classes. */

/** On a function that is an operator: its name. */
export const operatorMark = Symbol.for("glim.operator");

/** On a tensor method: the function of the standard library that it calls with the tensor first. */
export const methodMark = Symbol.for("glim.method");

/** On parameters and buffers: which of the two they are. */
export const cellMark = Symbol.for("glim.cell");

/** On a function given to `script`: its options. */
export const scriptMark = Symbol.for("glim.script");

/** On a function that `trace` made: what it does. */
export const traceMark = Symbol.for("glim.trace");

/** On a function that the compiler knows by name (`assert`, `math.exp`): that name. */
export const builtinMark = Symbol.for("glim.builtin");

/** Gives `target` a mark that does not show when its properties are listed. */
export function mark<T extends object>(target: T, symbol: symbol, value: unknown): T {
  Object.defineProperty(target, symbol, { value, configurable: true });
  return target;
}
