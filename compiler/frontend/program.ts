/**
 * Owns the TypeScript program of a model: its parsed files, the type checker, and which function
 * stands at a position. Files outside the program (the standard library's own sources) are parsed
 * when a function in them is first asked for, and are not type-checked.
 */

import type ts from "typescript";
import { typeError } from "../diagnostics/catalog/loading.ts";
import { at, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { tsc } from "./typescript.ts";

/** A function, method, accessor or constructor with a body. */
export type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };

export interface SourceProgram {
  readonly checker: ts.TypeChecker;
  /** The type that the checker gives a place. It is asked once: programs are walked several times. */
  typeAt(node: ts.Node): ts.Type;
  /** What a name stands for, asked once, too. */
  symbolAt(name: ts.Identifier): ts.Symbol | undefined;
  /** The parsed file; undefined if it cannot be read. */
  fileAt(path: string): ts.SourceFile | undefined;
  /** Whether the type checker knows the file. */
  isChecked(file: ts.SourceFile): boolean;
  /** Whether a file belongs to Glim: what happens in it is reported where the user called it. */
  isLibrary(path: string): boolean;
  functionAt(file: string, position: number): FunctionNode | undefined;
  classAt(file: string, position: number): ts.ClassLikeDeclaration | undefined;
  /** The method or accessor `key` of the class at a position. */
  memberAt(file: string, position: number, member: MemberName): FunctionNode | undefined;
  /** TypeScript's own errors in the user's files. */
  typeErrors(): readonly Diagnostic[];
}

export interface SourceOptions {
  /** The model file, and others to include. */
  readonly roots: readonly string[];
  /** The declarations that `import … from "glim"` resolves to. */
  readonly glimTypes: string;
  /** Folders whose files are Glim's own. */
  readonly libraryFolders: readonly string[];
  readonly parsed: ParsedFiles;
  /** Where files are read, where there is no disk. */
  readonly host?: (options: ts.CompilerOptions) => ts.CompilerHost;
  /** The text of a file that is being edited; undefined for those that are as they are on disk. */
  readonly edited?: (path: string) => string | undefined;
  /** The program before an edit, most of which stays as it was. */
  readonly previous?: SourceProgram | undefined;
}

export interface MemberName {
  readonly key: string;
  readonly part: "method" | "get" | "set";
  readonly isStatic: boolean;
}

/**
 * Parsed files, kept between programs: the default libraries take most of the time. Installed declarations
 * and Glim's own files do not change; others are parsed again when their text has changed.
 */
export class ParsedFiles {
  readonly #files = new Map<string, ts.SourceFile>();

  /** The file with this very text. */
  current(path: string, text: string, parse: () => ts.SourceFile): ts.SourceFile {
    const known = this.#files.get(path);
    if (known?.text === text) return known;
    const file = parse();
    this.#files.set(path, file);
    return file;
  }

  get(path: string, parse: () => ts.SourceFile | undefined): ts.SourceFile | undefined {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = parse();
    if (file !== undefined) this.#files.set(path, file);
    return file;
  }
}

const folderOf = (file: string): string => file.replace(/[\\/][^\\/]*$/, "") || "/";

/** What the project's own settings say of types and Glim follows: whether `list[i]` may be undefined. */
function projectOptions(root: string | undefined, disk: ts.CompilerHost): ts.CompilerOptions {
  const folder = root === undefined ? undefined : folderOf(root);
  const file = folder && tsc.findConfigFile(folder, (path) => disk.fileExists(path));
  if (!file) return {};
  const { config } = tsc.readConfigFile(file, (path) => disk.readFile(path));
  const host = {
    useCaseSensitiveFileNames: disk.useCaseSensitiveFileNames(),
    fileExists: (path: string) => disk.fileExists(path),
    readFile: (path: string) => disk.readFile(path),
    // Only the settings are wanted: no folder is searched for the project's files.
    readDirectory: () => [],
  };
  const { options } = tsc.parseJsonConfigFileContent(config ?? {}, host, folderOf(file));
  return { noUncheckedIndexedAccess: options.noUncheckedIndexedAccess ?? false };
}

const compilerOptions = (glimTypes: string): ts.CompilerOptions => ({
  target: tsc.ScriptTarget.ES2022,
  // Glim loads models as modules, whatever the package.json around them says.
  module: tsc.ModuleKind.ESNext,
  moduleResolution: tsc.ModuleResolutionKind.Bundler,
  moduleDetection: tsc.ModuleDetectionKind.Force,
  lib: ["lib.es2023.d.ts"],
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  paths: { glim: [glimTypes], "glim/*": [`${folderOf(glimTypes)}/*/index.d.ts`] },
});

/** What every host gives to a module; the hosts' own declarations are not loaded. */
const hostFile = "/glim-host.d.ts";
const hostDeclarations = `
interface ImportMeta {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  readonly main: boolean;
  resolve(specifier: string): string;
}
`;

export function createSourceProgram(options: SourceOptions): SourceProgram {
  const base = compilerOptions(options.glimTypes);
  const host = options.host?.(base) ?? tsc.createCompilerHost(base);
  const settings = { ...base, ...projectOptions(options.roots[0], host) };
  const disk = host.readFile.bind(host);
  const read = host.getSourceFile.bind(host);
  const parse: typeof read = (path, version, ...rest) =>
    path === hostFile
      ? tsc.createSourceFile(path, hostDeclarations, version)
      : read(path, version, ...rest);
  const { parsed, edited } = options;
  const isInstalled = installedBy(options.glimTypes);
  host.getSourceFile = (path, version, ...rest) => {
    if (isInstalled(path)) return parsed.get(path, () => parse(path, version, ...rest));
    const text = host.readFile(path);
    if (text === undefined) return parse(path, version, ...rest);
    return parsed.current(path, text, () => tsc.createSourceFile(path, text, version));
  };
  if (edited !== undefined) {
    // A new file may be on no disk yet, nor its folder.
    const [exists, readFile] = [host.fileExists.bind(host), host.readFile.bind(host)];
    host.fileExists = (path) => edited(path) !== undefined || exists(path);
    host.readFile = (path) => edited(path) ?? readFile(path);
    host.directoryExists = () => true;
  }
  const { previous } = options;
  const program = tsc.createProgram({
    rootNames: [...options.roots, hostFile],
    options: settings,
    host,
    ...(previous instanceof CheckedProgram && previous.isWhole
      ? { oldProgram: previous.program }
      : {}),
  });
  return new CheckedProgram(program, options.libraryFolders, parsed, disk);
}

/** Whether declarations are those of a package, of TypeScript or of Glim itself. */
function installedBy(glimTypes: string): (path: string) => boolean {
  const glim = `${folderOf(folderOf(glimTypes))}/`;
  return (path) =>
    path.endsWith(".d.ts") &&
    (path === hostFile || path.startsWith(glim) || /[\\/]node_modules[\\/]/.test(path));
}

interface Declarations {
  readonly functions: ReadonlyMap<number, FunctionNode>;
  readonly classes: ReadonlyMap<number, ts.ClassLikeDeclaration>;
}

class CheckedProgram implements SourceProgram {
  readonly checker: ts.TypeChecker;
  readonly program: ts.Program;
  readonly #libraryFolders: readonly string[];
  readonly #known: ParsedFiles;
  readonly #disk: (path: string) => string | undefined;
  readonly #parsed = new Map<string, ts.SourceFile | undefined>();
  readonly #declarations = new Map<ts.SourceFile, Declarations>();
  readonly #types = new WeakMap<ts.Node, ts.Type>();
  readonly #symbols = new WeakMap<ts.Identifier, { readonly symbol: ts.Symbol | undefined }>();
  #isWhole = true;

  constructor(
    program: ts.Program,
    libraryFolders: readonly string[],
    known: ParsedFiles,
    disk: (path: string) => string | undefined,
  ) {
    this.checker = program.getTypeChecker();
    this.program = program;
    this.#libraryFolders = libraryFolders;
    this.#known = known;
    this.#disk = disk;
  }

  fileAt(path: string): ts.SourceFile | undefined {
    const checked = this.program.getSourceFile(path);
    if (checked !== undefined) return checked;
    if (this.isLibrary(path)) return this.#known.get(path, () => this.#parse(path));
    if (!this.#parsed.has(path)) this.#parsed.set(path, this.#parse(path));
    return this.#parsed.get(path);
  }

  #parse(path: string): ts.SourceFile | undefined {
    const text = this.#disk(path);
    if (text === undefined) return undefined;
    return tsc.createSourceFile(path, text, tsc.ScriptTarget.ES2022, true);
  }

  typeAt(node: ts.Node): ts.Type {
    const known = this.#types.get(node);
    if (known !== undefined) return known;
    const type = this.checker.getTypeAtLocation(node);
    this.#types.set(node, type);
    return type;
  }

  symbolAt(name: ts.Identifier): ts.Symbol | undefined {
    const known = this.#symbols.get(name);
    if (known !== undefined) return known.symbol;
    const symbol = this.checker.getSymbolAtLocation(name);
    this.#symbols.set(name, { symbol });
    return symbol;
  }

  isChecked(file: ts.SourceFile): boolean {
    return this.program.getSourceFile(file.fileName) === file;
  }

  isLibrary(path: string): boolean {
    return this.#libraryFolders.some((folder) => path.startsWith(folder));
  }

  functionAt(file: string, position: number): FunctionNode | undefined {
    return this.#declarationsOf(file)?.functions.get(position);
  }

  classAt(file: string, position: number): ts.ClassLikeDeclaration | undefined {
    return this.#declarationsOf(file)?.classes.get(position);
  }

  memberAt(file: string, position: number, wanted: MemberName): FunctionNode | undefined {
    const members = this.#declarationsOf(file)?.classes.get(position)?.members ?? [];
    for (const member of members) {
      if (isFunctionNode(member) && isMember(member, wanted)) return member;
    }
    return undefined;
  }

  #declarationsOf(path: string): Declarations | undefined {
    const file = this.fileAt(path);
    if (file === undefined) return undefined;
    const known = this.#declarations.get(file);
    if (known !== undefined) return known;
    const found = findDeclarations(file);
    this.#declarations.set(file, found);
    return found;
  }

  /** False once an import was not found: TypeScript does not look for it again. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  typeErrors(): readonly Diagnostic[] {
    const found: Diagnostic[] = [];
    for (const file of this.program.getSourceFiles()) {
      if (file.isDeclarationFile || this.isLibrary(file.fileName)) continue;
      const errors = [
        ...this.program.getSyntacticDiagnostics(file),
        ...this.program.getSemanticDiagnostics(file),
      ];
      for (const error of errors) {
        if (unknownModule.has(error.code)) this.#isWhole = false;
        if (!isAboutHost(error)) found.push(toDiagnostic(error));
      }
    }
    return found;
  }
}

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return tsc.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

function isMember(node: FunctionNode, { key, part, isStatic }: MemberName): boolean {
  const { name } = node;
  const isNamed =
    name !== undefined &&
    (tsc.isIdentifier(name) || tsc.isPrivateIdentifier(name) || tsc.isStringLiteralLike(name)) &&
    name.text === key;
  const isPart =
    (part === "method" && tsc.isMethodDeclaration(node)) ||
    (part === "get" && tsc.isGetAccessor(node)) ||
    (part === "set" && tsc.isSetAccessor(node));
  const flags = tsc.getCombinedModifierFlags(node);
  return isNamed && isPart && ((flags & tsc.ModifierFlags.Static) !== 0) === isStatic;
}

function findDeclarations(file: ts.SourceFile): Declarations {
  const functions = new Map<number, FunctionNode>();
  const classes = new Map<number, ts.ClassLikeDeclaration>();
  const visit = (node: ts.Node): void => {
    if (isFunctionNode(node)) functions.set(node.getStart(file), node);
    if (tsc.isClassLike(node)) classes.set(node.getStart(file), node);
    tsc.forEachChild(node, visit);
  };
  visit(file);
  return { functions, classes };
}

/**
 * "Cannot find name": no host's declarations are loaded, so names of the host that runs the model
 * now (`URL`, `console`, `process`) are not errors; nor are modules that are built into Node.
 */
const unknownName: ReadonlySet<number> = new Set([2304, 2552, 2580, 2584, 2591]);
const unknownModule: ReadonlySet<number> = new Set([2307, 2591, 2732, 2792]);

function isAboutHost(error: ts.Diagnostic): boolean {
  if (error.file === undefined || error.start === undefined) return false;
  const text = error.file.text.slice(error.start, error.start + (error.length ?? 0));
  if (unknownName.has(error.code) && text in globalThis) return true;
  return unknownModule.has(error.code) && /^["'`]node:/.test(text);
}

function toDiagnostic(error: ts.Diagnostic): Diagnostic {
  const text = tsc.flattenDiagnosticMessageText(error.messageText, "\n");
  const start = error.start ?? 0;
  const span = error.file && {
    file: error.file.fileName,
    start,
    end: start + (error.length ?? 0),
  };
  return at(span, typeError(error.code, text));
}
