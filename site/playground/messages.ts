/** What the page and the compiler's thread say to each other. */

export interface Request {
  readonly source: string;
  /** For each entry point the arguments, as JSON; those that are left out are made up. */
  readonly args: Readonly<Record<string, string>>;
}

export interface Problem {
  /** Empty for what the program itself threw. */
  readonly code: string;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Offsets in the source; undefined where no place of it is to blame. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

export interface EntryResult {
  readonly name: string;
  /** `f(x: f32[B, 3], n: number)` */
  readonly signature: string;
  /** As they were used. */
  readonly args: string;
  /** What it gave, or why it failed. */
  readonly result: string;
  /** Whether eager mode gives the same bits; undefined where there is no result. */
  readonly isSame: boolean | undefined;
}

export interface Answer {
  readonly problems: readonly Problem[];
  /** What the program printed while it was loaded. */
  readonly printed: readonly string[];
  /** Absent where the program cannot be compiled. */
  readonly compiled?: {
    readonly source: string;
    readonly graph: string;
    readonly loops: string;
    readonly wat: string;
    readonly bytes: number;
    readonly ms: number;
    readonly entries: readonly EntryResult[];
  };
}

/** Said once, when the compiler is there. */
export interface Ready {
  readonly ready: true;
}
