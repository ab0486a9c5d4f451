/** Owns tags: where in TypeScript a function or class was written, and what its free names are now. */

/**
 * Generated beside a tagged function, in the function's own scope: the value of the free name
 * `name`, or `absent` if the function has no such name. `subject` is the function itself or, for a
 * private name of a class (`#x`), the object whose field is read. A name that is still in its
 * temporal dead zone throws a ReferenceError.
 */
export type ReadName = (name: string, absent: symbol, subject: object) => unknown;

/** A method or accessor of an object literal: its key, which function of it, its position, its names. */
export type TaggedMember = readonly [
  key: string | number,
  part: "value" | "get" | "set",
  position: number,
  read?: ReadName,
];

/** A value that was read. It is boxed because `undefined` is a value too. */
export interface ReadValue {
  readonly value: unknown;
}

export interface Tag {
  /** Absolute path of the TypeScript file. */
  readonly file: string;
  /** Offset in that file of the first token of the function or class, modifiers included. */
  readonly position: number;
  /**
   * What `name` means now, seen from just outside the function (or from inside the class body);
   * a name the file does not declare is looked up among the globals. `this` and `arguments` can be
   * read from arrow functions. `undefined`: there is no such name, or it has no value yet.
   */
  read(name: string): ReadValue | undefined;
  /** The private field `name` (`#x`) of `object`; `undefined` if it has none of this tagged class. */
  readPrivate(object: object, name: string): ReadValue | undefined;
}

interface Registry {
  readonly set: (subject: object, tag: Tag) => void;
  readonly get: (subject: object) => Tag | undefined;
}

const ABSENT = Symbol("absent");

/** Reads nothing: the `ReadName` of a function without free names. */
const readNothing: ReadName = (_name, absent) => absent;

const registry = /* @__PURE__ */ sharedRegistry();

/** Remembers where `subject` was written, and returns it. A later tag of the same subject wins. */
export function tagFunction<Subject extends object>(
  subject: Subject,
  file: string,
  position: number,
  read: ReadName = readNothing,
): Subject {
  registry.set(subject, new SourceTag(subject, file, position, read));
  return subject;
}

/** Gives `subject` the tag of `origin`, from which it was made, and returns it. */
export function tagAs<Subject extends object>(subject: Subject, origin: object): Subject {
  const tag = registry.get(origin);
  if (tag !== undefined) registry.set(subject, tag);
  return subject;
}

/** Tags the methods and accessors of an object literal, and returns the object. */
export function tagMembers<Subject extends object>(
  object: Subject,
  file: string,
  ...members: readonly TaggedMember[]
): Subject {
  for (const [key, part, position, read] of members) {
    const member: unknown = Object.getOwnPropertyDescriptor(object, key)?.[part];
    if (typeof member === "function") tagFunction(member, file, position, read);
  }
  return object;
}

/** The tag of a function or class; `undefined` if it was not loaded from TypeScript by Glim. */
export function tagOf(subject: object): Tag | undefined {
  return registry.get(subject);
}

class SourceTag implements Tag {
  readonly position: number;
  #file: string;
  readonly #subject: object;
  readonly #read: ReadName;

  constructor(subject: object, file: string, position: number, read: ReadName) {
    this.position = position;
    this.#file = file;
    this.#subject = subject;
    this.#read = read;
  }

  get file(): string {
    if (this.#file.startsWith(SHIPPED)) this.#file = shippedPath(this.#file);
    return this.#file;
  }

  read(name: string): ReadValue | undefined {
    try {
      const value = this.#read(name, ABSENT, this.#subject);
      if (value !== ABSENT) return { value };
    } catch (error) {
      if (error instanceof ReferenceError) return undefined;
      throw error;
    }
    return name in globalThis ? { value: Reflect.get(globalThis, name) } : undefined;
  }

  readPrivate(object: object, name: string): ReadValue | undefined {
    const value = this.#read(name, ABSENT, object);
    return value === ABSENT ? undefined : { value };
  }
}

/** How files of Glim's own standard library are named: they are found when first asked for. */
const SHIPPED = "glim/stdlib/";

/** The sources lie beside `dist`, and this module in `dist/runtime`. */
function shippedPath(file: string): string {
  const url = new URL(`../../stdlib/${file.slice(SHIPPED.length)}`, import.meta.url);
  return decodeURIComponent(url.pathname).replace(/^\/(?=[A-Za-z]:)/, "");
}

/** One registry for a process, so that several copies of this module agree. */
function sharedRegistry(): Registry {
  const key = Symbol.for("glim.tags");
  const shared: Registry | undefined = Reflect.get(globalThis, key);
  if (shared !== undefined) return shared;
  const created = stampRegistry();
  Object.defineProperty(globalThis, key, { value: created });
  return created;
}

/**
 * Keeps tags in a private field added to the tagged object itself. Invisible, as an entry of a
 * WeakMap is, but tagging a new closure takes some 40 ns instead of 1,200 ns (Node 20): eager code
 * makes closures all the time.
 */
function stampRegistry(): Registry {
  class Itself {
    constructor(subject: object) {
      // biome-ignore lint/correctness/noConstructorReturn: the field is added to this very object.
      return subject;
    }
  }
  class Stamp extends Itself {
    #tag: Tag;

    constructor(subject: object, tag: Tag) {
      super(subject);
      this.#tag = tag;
    }

    static set(subject: object, tag: Tag): void {
      if (#tag in subject) subject.#tag = tag;
      else new Stamp(subject, tag);
    }

    static get(subject: object): Tag | undefined {
      return #tag in subject ? subject.#tag : undefined;
    }
  }
  return { set: Stamp.set, get: Stamp.get };
}
