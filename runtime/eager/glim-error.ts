/** The error that Glim throws at run time: a stable code and one line that names what is wrong. */

export class GlimError extends Error {
  readonly code: string;
  /** What was said where it was thrown. */
  readonly #said: string;

  // On the prototype, so that the stack, which is written while the object is made, begins with it.
  static {
    GlimError.prototype.name = "GlimError";
  }

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.#said = message;
  }

  /** Says which function of the library was called: of several, the one that comes last, the user's. */
  named(called: string): this {
    if (ofArguments.has(this.code)) {
      const message = named(this.#said, called);
      if (this.stack !== undefined) this.stack = this.stack.replace(this.message, () => message);
      this.message = message;
    }
    return this;
  }
}

/** A message with the name of what was called before it, unless it begins with that. */
const named = (message: string, called: string): string =>
  message.startsWith(called) && !/\w/.test(message[called.length] ?? "")
    ? message
    : `${called}: ${message}`;

/** Codes of what fails when tensors are computed; the first four are a rule's refusals. */
export const codes = {
  shape: "GLIM3001",
  dtype: "GLIM3002",
  axis: "GLIM3003",
  argument: "GLIM3004",
  oneElement: "GLIM3007",
  operators: "GLIM1103",
  weightsFile: "GLIM2016",
  weightsKeys: "GLIM2017",
  weightsShape: "GLIM2018",
  unwritable: "GLIM2019",
  assertion: "GLIM5000",
  memory: "GLIM5001",
  index: "GLIM5002",
  nan: "GLIM5003",
  notScalar: "GLIM3012",
  notFloat: "GLIM3013",
  activeItem: "GLIM1113",
  examples: "GLIM1114",
  traced: "GLIM1115",
  examplesThrough: "GLIM4031",
} as const;

/** Codes of what arguments do wrong: the user knows the call that was given them, not what it is made of. */
const ofArguments: ReadonlySet<string> = new Set([
  codes.shape,
  codes.dtype,
  codes.axis,
  codes.argument,
  codes.index,
  codes.assertion,
]);
