/** The error that Glim throws at run time: a stable code and one line that names what is wrong. */

export class GlimError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "GlimError";
    this.code = code;
  }
}
